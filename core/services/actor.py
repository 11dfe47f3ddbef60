"""Who does something, and by which door: decided once, at the door, from a verified credential."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from core.errors import NotAllowed


class Role(IntEnum):
    """Ordered by power."""

    CLERK = 1
    MANAGER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Actor:
    """kind: staff, member, kiosk, holder (of a reference), system or platform;
    door: desk, api, bot, kiosk, mini, phone, job.

    `venue_id` is where the actor works now. `venues` are the ones a clerk or manager may touch;
    an admin may touch all. `session_id` is the session of a member, who may have several.
    """

    kind: str
    id: int
    door: str
    venue_id: int | None = None
    role: Role | None = None
    name: str = ""
    venues: frozenset[int] = field(default_factory=frozenset)
    session_id: int | None = None

    def may_work_at(self, venue_id: int) -> bool:
        """Whether this actor may read or change things of that venue."""
        if self.kind == "system" or self.role is Role.ADMIN:
            return True
        return venue_id in self.venues or venue_id == self.venue_id

    def require(self, role: Role, venue_id: int | None = None) -> None:
        """Raise NotAllowed unless staff of at least `role` (and of that venue)."""
        if self.kind == "system":
            return
        if self.role is None or self.role < role:
            raise NotAllowed("role_too_low", needs=role.word)
        if venue_id is not None and not self.may_work_at(venue_id):
            raise NotAllowed("other_venue", venue_id=venue_id)


SYSTEM = Actor(kind="system", id=0, door="job", name="system")

OPERATOR = Actor(kind="system", id=0, door="command", role=Role.ADMIN, name="operator")
"""Whoever may run commands on the server."""
