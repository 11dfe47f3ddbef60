"""Whose something is that was redeemed by its code alone (the seed's verify, S234–S240)."""

from __future__ import annotations

from datetime import datetime

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.ids import mask_phone
from core.services.actor import Actor, Role
from core.services.inspect import given_phone
from core.services.members import one_person
from core.store import audit, members, people, voucher_search
from core.store.db import Store


class Owners:
    """Gives a number to the nameless member behind a voucher."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def name(self, voucher_id: int, phone: str, actor: Actor) -> int:
        """The member with this number (11 digits) owns what the voucher gave; returns his id.

        Raises NotFound (no such voucher here, or nobody redeemed it), InvalidInput
        ("phone_malformed"), Conflict("owner_known"): it is somebody's already.
        """
        actor.require(Role.CLERK)
        wanted = given_phone(phone) or ""
        return self._store.transact(
            "member.owner", lambda: self._name(voucher_id, wanted, actor, self._clock.now()))

    @staticmethod
    def _name(voucher_id: int, phone: str, actor: Actor, at: datetime) -> int:
        row = voucher_search.one(voucher_id)
        if row is None or row.user_id is None or not actor.may_work_at(row.venue_id):
            raise NotFound()
        nobody = one_person.held(row.user_id)
        if members.held(nobody).phone is not None or members.identities(nobody):
            raise Conflict("owner_known")
        holder = people.by_phone(phone)
        if holder is None:
            owner = nobody
            members.change(owner, phone=phone, phone_tail=phone[-4:])
        else:
            owner = one_person.held(holder.id)
            one_person.merge(nobody, owner, actor, at)
        audit.add(actor, "voucher.owner", "voucher", voucher_id, at, venue_id=row.venue_id,
                  member=owner, phone=mask_phone(phone))
        return owner
