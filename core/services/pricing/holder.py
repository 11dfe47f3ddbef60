"""For whom a price is made and where: decided from who is calling, never from the body alone."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput, NotAllowed
from core.services.actor import Actor, Role
from core.store.pricing import holdings
from core.store.pricing.holdings import Holdings


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever buys or claims: a member, a face that nobody has claimed yet, or nobody known.

    `face_id` is the face acted with, `faces` all that belong to the member.
    """

    user_id: int | None = None
    face_id: str | None = None
    faces: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Under which of `price_coupon_claim_record.holder` his coupons may be."""
        faces = tuple(f"f{face}" for face in self.faces)
        return faces if self.user_id is None else (f"m{self.user_id}", *faces)

    @property
    def key(self) -> str | None:
        """Under which one he claims now."""
        return self.keys[0] if self.keys else None


NOBODY = Holder()
NOTHING = Holdings((), (), ())


def holder(actor: Actor, face_id: str | None) -> Holder:
    """Whom `actor` may act for.

    A member acts for himself, with any of his faces. Staff and kiosks act for the face they
    name, or for nobody. Raises NotAllowed `other_face`, InvalidInput `bad_face`.
    """
    member = _member(actor, face_id)
    if member is not None:
        return _of_member(member, holdings.faces_of(member), face_id)
    return NOBODY if face_id is None else Holder(None, face_id, (face_id,))


def holder_with_holdings(actor: Actor, face_id: str | None, scenic_id: int,
                         user_id: int | None = None) -> tuple[Holder, Holdings]:
    """The same, and what he holds at a venue. Staff may name a member instead of a face."""
    member = user_id if user_id is not None and actor.role is not None \
        else _member(actor, face_id)
    if member is not None:
        held = holdings.of_member(member, scenic_id)
        return _of_member(member, held.faces, face_id), held
    if face_id is None:
        return NOBODY, NOTHING
    return Holder(None, face_id, (face_id,)), holdings.of_face(face_id, scenic_id)


def _member(actor: Actor, face_id: str | None) -> int | None:
    if actor.kind == "member":
        return actor.id
    if face_id is None:
        return None
    if face_id.startswith("@"):
        raise InvalidInput("bad_face")
    return holdings.member_of_face(face_id)


def _of_member(member: int, faces: tuple[str, ...], face_id: str | None) -> Holder:
    faces = (*faces, holdings.faceless(member))
    if face_id is not None and face_id not in faces:
        raise NotAllowed("other_face")
    return Holder(member, face_id or faces[0], faces)


def venue_for(actor: Actor, scenic_id: int | None) -> int:
    """The venue acted at. Kiosks stand in one; staff may name one they may work at; members name
    one. Raises InvalidInput `scenic_needed`, NotAllowed `other_venue`."""
    chosen = scenic_id if scenic_id is not None else actor.venue_id
    if chosen is None:
        raise InvalidInput("scenic_needed")
    if actor.kind != "member" and not actor.may_work_at(chosen):
        raise NotAllowed("other_venue", scenicId=chosen)
    return chosen


def require_staff(actor: Actor, scenic_id: int, role: Role = Role.MANAGER) -> None:
    """Raise NotAllowed unless staff of at least `role` at this venue; what holds at every venue
    (0) is an admin's."""
    if scenic_id:
        actor.require(role, scenic_id)
    else:
        actor.require(Role.ADMIN)


def sees_whole_codes(actor: Actor) -> bool:
    """Managers hand codes out; others see masked ones (invariant I8)."""
    return actor.role is not None and actor.role >= Role.MANAGER
