"""What a platform's answer comes to, and what is asked of it: shared by consuming and undoing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.money import Money
from core.platforms.base import Consumed, Consumption, Piece
from core.store import redemptions
from core.store.tables import Redemption, Voucher
from core.vouchers.redemption import UNSETTLED, VoucherStatus

BY_HAND = "settle_by_hand"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A definitive no: nothing of ours was consumed."""

    word: str
    facts: dict[str, Any] = field(default_factory=dict)
    log_id: str = ""
    authorise: bool = False


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have happened, or has not yet: ask again."""

    word: str
    log_id: str = ""


Outcome = Consumed | Refusal | Unsure


def consumption(row: Redemption, others: Sequence[Redemption] = ()) -> Consumption:
    """What every try of one redemption sends: the same each time. `others` go along with it."""
    if row.first_tried_at is None:
        raise ValueError(f"redemption {row.id} was never confirmed")
    known = frozenset[str]().union(*(
        redemptions.other_verify_ids(each.voucher_id, each.id)
        for each in (row, *others) if each.voucher.uses_used))
    return Consumption(
        key=row.request_key, verify_token=row.verify_token,
        certificate_id=row.voucher.certificate_id, handle=row.handle,
        order_id=row.voucher.platform_order_no or "", sku_id=row.voucher.sku_id, uses=row.uses,
        operator=row.operator, operator_name=row.operator_name,
        first_tried_at=row.first_tried_at, known_verify_ids=known,
        further=tuple(Piece(each.voucher.certificate_id, each.handle, each.uses)
                      for each in others),
        siblings=row.along - len(others) if row.state in UNSETTLED else 0)


def status_by_uses(used: int, voucher: Voucher) -> VoucherStatus:
    """Where a certificate stands when nothing is under way."""
    if used >= voucher.uses_total:
        return VoucherStatus.REDEEMED
    return VoucherStatus.PARTLY_REDEEMED if used else VoucherStatus.UNUSED


def use_rows(row: Redemption, done: Consumed) -> list[dict[str, Any]]:
    """One line per use, with the platform's amount or else the voucher's own: those that no
    standing use has taken, so that all uses of a card sum to what was paid, also after some were
    undone."""
    planned = [Money(fen) for fen in row.voucher.use_amounts_fen]
    if row.voucher.uses_used:
        taken = Counter(redemptions.standing_amounts(row.voucher_id))
        left = [one for one in planned if not _take(taken, one)]
        # Uses that were consumed elsewhere have no line of ours.
        planned = left[max(row.voucher.uses_used - (len(planned) - len(left)), 0):]
    lines = []
    for number, use in enumerate(done.uses):
        own = planned[number] if number < len(planned) else Money(0)
        lines.append({"verify_id": use.verify_id, "used_at": done.at,
                      "amount_fen": use.amount if use.amount is not None else own})
    return lines


def _take(taken: Counter[Money], one: Money) -> bool:
    """Whether this amount is among those taken, of which it then is no more."""
    if not taken[one]:
        return False
    taken[one] -= 1
    return True


def told_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of an error that may be shown: the platform's own words and codes go to the
    audit and the log, not to people."""
    return {name: value for name, value in facts.items()
            if name not in ("code", "message", "reason", "shop_id")}
