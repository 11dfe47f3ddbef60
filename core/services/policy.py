"""Who has to say yes before a certificate is consumed: per venue and door (design section 3)."""

from __future__ import annotations

from core.errors import NotAllowed
from core.money import Money
from core.services.actor import Actor, Role
from core.store.tables import Redemption, Venue

AUTO, STAFF = "auto", "staff"
DEFAULT = {"desk": AUTO, "bot": AUTO, "api": AUTO, "kiosk": STAFF, "mini": STAFF}
MEMBER_DOORS = ("kiosk", "member")
"""Kinds of actor that are not staff."""
HOLDER = "holder"
"""Kind of an actor who is nobody in particular but holds a redemption's reference."""


def needs_staff(venue: Venue, actor: Actor, paid: Money) -> bool:
    """Whether this request waits for a click of staff.

    A venue may say "auto" or "staff" for each door; above its value limit every door waits,
    unless a manager asks.
    """
    policy = venue.confirm_policy.get(actor.door) or DEFAULT.get(actor.door, STAFF)
    if policy == STAFF:
        return True
    limit = venue.auto_limit_fen
    if limit is None or paid.fen <= limit.fen:
        return False
    return actor.role is None or actor.role < Role.MANAGER


def check_confirmer(row: Redemption, actor: Actor) -> None:
    """Whether this actor may confirm or reject this redemption now.

    Raises NotAllowed: role_too_low, other_venue, second_person_needed (a clerk's own request
    above the value limit).
    """
    actor.require(Role.CLERK, row.venue_id)
    own = (row.actor_kind, row.actor_id) == (actor.kind, actor.id)
    if own and (actor.role is None or actor.role < Role.MANAGER):
        raise NotAllowed("second_person_needed")


def check_requester(row: Redemption, actor: Actor) -> None:
    """Whether this actor may withdraw or remind: whoever asked, whoever holds the unguessable
    reference (the page behind a kiosk's QR code), or staff of the venue. Raises NotAllowed."""
    if actor.kind == HOLDER or (row.actor_kind, row.actor_id) == (actor.kind, actor.id):
        return
    actor.require(Role.CLERK, row.venue_id)
