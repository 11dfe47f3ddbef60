"""What a code in somebody's hand is worth here and now, before there is a cart (P39)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.ids import mask_code
from core.pricing.promotion import VoucherCode
from core.services.actor import Actor
from core.services.pricing.holder import holder, venue_for
from core.services.pricing.price import refusal
from core.store.db import Store
from core.store.pricing import codes, offers
from core.store.pricing.codes import Code
from core.vouchers import owncode


@dataclass(frozen=True, slots=True)
class Validation:
    """`reason` with its facts: why the code cannot be used; empty when it can. `code` and what it
    `gives` are told of usable codes only, everybody else's stay masked."""

    code: str
    reason: str
    facts: Mapping[str, object]
    gives: VoucherCode | None = None
    batch_id: int | None = None
    uses_left: int = 0
    expires_at: datetime | None = None

    @property
    def valid(self) -> bool:
        return not self.reason


class Validations:
    """Reads only; a cart may still refuse a valid code, as it refuses any promotion."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def look(self, text: str, actor: Actor, *, scenic_id: int | None = None,
             face_id: str | None = None) -> Validation:
        """A code as it was typed or scanned, for whoever the caller acts for.

        Raises InvalidInput `scenic_needed`; NotFound `venue_not_found`; NotAllowed.
        """
        at = self._clock.now()
        normal = owncode.normalise(text)
        with self._store.connection():
            place = offers.place(venue_for(actor, scenic_id))
            who = holder(actor, face_id)
            found = codes.by_code(normal) if owncode.check(normal) else None
            refused = refusal(normal, found, who, place, at)
            if refused is not None:
                return Validation(refused.code, refused.word, refused.facts)
            assert found is not None, "what is not found is refused"
            return self._usable(found, at)

    @staticmethod
    def _usable(code: Code, at: datetime) -> Validation:
        gives = offers.terms(code.batch)
        if gives.starts is not None and at < gives.starts:
            return Validation(mask_code(code.row.code), "code_not_yet", {"at": gives.starts})
        return Validation(owncode.in_fours(code.row.code), "", {}, gives, code.batch.id,
                          code.row.max_uses - code.row.used_count, code.ends)
