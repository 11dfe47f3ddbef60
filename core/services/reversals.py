"""What an undo would take back: the uses to choose from, and each thing before and after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from core.errors import InvalidInput
from core.services.grant import ends_after_undo
from core.services.redemption_view import Reversal, UseLine
from core.store import entitlements, redemptions
from core.store.tables import Entitlement, Redemption
from core.vouchers.redemption import ResultType

WHOLE_ONLY = "whole_verification_only"
Taken = tuple[Redemption, Entitlement, int]
"""A certificate's row, what it gave, and how many of its uses go."""


def use_lines(rows: Sequence[Redemption]) -> tuple[UseLine, ...]:
    """The standing uses of these rows. Numbers follow from the rows' ids, so that they stay what
    they were when some of them are undone."""
    return tuple(
        UseLine(number=row.id * 1000 + use.number, redemption_id=row.id,
                code_tail=row.voucher.code_tail, amount=use.amount_fen, used_at=use.used_at,
                verify_id=use.verify_id)
        for row in rows for use in redemptions.uses_of(row.id) if use.cancelled_at is None)


def chosen_uses(lines: Sequence[UseLine], uses: Collection[int]) -> dict[int, list[str]]:
    """The verify ids to take back, by row; no numbers mean all. Raises
    InvalidInput("no_such_use")."""
    if not set(uses) <= {line.number for line in lines}:
        raise InvalidInput("no_such_use", uses=[line.number for line in lines])
    wanted: dict[int, list[str]] = {}
    for line in lines:
        if not uses or line.number in uses:
            wanted.setdefault(line.redemption_id, []).append(line.verify_id)
    return wanted


def changes(taken: Sequence[Taken]) -> tuple[Reversal, ...]:
    """Each thing with its value now and after the undo."""
    return (*map(_voucher, taken), _entitled(taken))


def _voucher(one: Taken) -> Reversal:
    row, _, uses = one
    voucher = row.voucher
    left = voucher.uses_total - voucher.uses_used
    if voucher.uses_total == 1:
        return Reversal("voucher", "redeemed", "unused")
    return Reversal("voucher_uses_left", str(left), str(left + uses))


def _entitled(taken: Sequence[Taken]) -> Reversal:
    row, entitlement, uses = taken[0]
    kind = ResultType(entitlement.result_type)
    others = [each for each in entitlements.others_on(entitlement)
              if each.id not in {one.id for _, one, _ in taken}]
    whole = all(gone == each.uses for each, _, gone in taken)
    if kind is ResultType.CLASS_BOOKED:
        return Reversal("seat", entitlements.BOOKED, entitlements.RELEASED)
    if kind is ResultType.COURSE_BOUGHT:
        course = entitlements.course(entitlement.target_id)
        if whole and not others:
            return Reversal("course", course.status, entitlements.CANCELLED)
        gone = sum(one.after["uses"] * part // each.uses for each, one, part in taken)
        return Reversal("course_uses", str(course.uses_total), str(course.uses_total - gone))
    card = entitlements.card(entitlement.target_id)
    if kind is ResultType.CARD_OPENED and whole and not others:
        return Reversal("card", card.status, entitlements.CANCELLED)
    ends = card.ends_on
    for each, one, part in reversed(taken):
        ends = (ends_after_undo(one, ends) if kind is ResultType.CARD_RENEWED and part == each.uses
                else ends - timedelta(days=one.after["days"] * part // each.uses))
    return Reversal("card_ends_on", card.ends_on.isoformat(), ends.isoformat())
