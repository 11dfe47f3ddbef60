"""Faces: what cameras know a member by (decision Q18).

A face is a claim on coupons and codes, so nobody takes one over by naming it: the kiosk that sees
it (or a clerk) shows a one-time code, and the member's phone brings that code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import clean_code, new_ref, token_hash
from core.services.actor import Actor
from core.services.inspect import venue_of
from core.store import audit, faces
from core.store.db import Store

VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class FaceCode:
    """Shown as a QR code; works once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a member."""

    id: int
    face_id: str
    since: datetime


class Faces:
    """A face belongs to one member at most."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def offer(self, face_id: str, actor: Actor) -> FaceCode:
        """A code for the face that a kiosk sees now, or that staff name; ten minutes.

        Raises InvalidInput("bad_face"), what `venue_of` raises.
        """
        if face_id.startswith("@"):
            raise InvalidInput("bad_face")
        at = self._clock.now()
        code = new_ref("F", 11)
        with self._store.connection():
            venue = venue_of(actor)

            def work() -> None:
                faces.offer(face_id, venue.id, token_hash(code), at + VALID, at)
                audit.add(actor, "face.offered", "venue", venue.id, at)

            self._store.transact("face.offer", work)
        return FaceCode(code, at + VALID)

    def take(self, code: str, actor: Actor) -> list[Face]:
        """The face behind a code becomes the member's; the same code again finds it so.

        Raises NotFound("face_code_wrong"); Conflict("face_taken") when it is somebody else's.
        """
        at = self._clock.now()

        def work() -> None:
            hashed = token_hash(clean_code(code)[:32])
            face_id = faces.take_offer(hashed, at) or faces.used_by(hashed, actor.id)
            if face_id is None:
                raise NotFound("face_code_wrong")
            owner = faces.owner(face_id)
            if owner is not None and owner != actor.id:
                raise Conflict("face_taken")
            if owner is None:
                faces.add(actor.id, face_id, at)
                audit.add(actor, "face.taken", "member", actor.id, at)

        self._store.transact("face.take", work)
        return self.mine(actor)

    def mine(self, actor: Actor) -> list[Face]:
        """The first registered first."""
        with self._store.connection():
            return [Face(row.id, row.external_id, row.created_at)
                    for row in faces.of(actor.id)]

    def forget(self, identity_id: int, actor: Actor) -> None:
        """Cameras shall not know the member by this face any more. Raises NotFound."""
        at = self._clock.now()

        def work() -> None:
            if not faces.remove(identity_id, actor.id):
                raise NotFound()
            audit.add(actor, "face.forgotten", "member", actor.id, at)

        self._store.transact("face.forget", work)
