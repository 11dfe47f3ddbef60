"""Two books of one shop's day compared, use by use: our journal and the platform's history.

Pure: what was read goes in, what differs comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.money import Money
from core.platforms.books import Verified

FRESH = timedelta(hours=2)
"""Younger differences may settle by themselves; they are pending, not found."""

MATCHED, PENDING = "matched", "pending"
PLATFORM_ONLY, LOCAL_ONLY, AMOUNT = "platform_only", "local_only", "amount_differs"
CANCELLED_THERE, CANCELLED_HERE = "cancelled_there", "cancelled_here"
FOUND = (PLATFORM_ONLY, LOCAL_ONLY, AMOUNT, CANCELLED_THERE, CANCELLED_HERE)


@dataclass(frozen=True, slots=True)
class OurUse:
    """What our journal says under one verify id. `in_work`: its redemption or undo is under way;
    `cancelled_at` None: it stands."""

    verify_id: str
    use_id: int
    redemption_id: int
    voucher_id: int
    amount: Money
    at: datetime
    cancelled_at: datetime | None
    in_work: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One verify id about which the books differ, or may yet."""

    kind: str
    verify_id: str
    ours: OurUse | None
    theirs: Verified | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`matched`: standing or cancelled in both books alike."""

    matched: int
    differences: tuple[Difference, ...]


def compare(ours: Mapping[str, OurUse], theirs: Mapping[str, Verified],
            in_work: frozenset[str], at: datetime) -> Comparison:
    """By verify id. `in_work`: certificates that a redemption of ours is working on."""
    matched, found = 0, []
    for verify_id in sorted(ours.keys() | theirs.keys()):
        our, their = ours.get(verify_id), theirs.get(verify_id)
        kind = _kind(our, their)
        if kind is None:
            continue
        if kind == MATCHED:
            matched += 1
        else:
            if _fresh(our, their, at) or (their and _in_work(their, in_work)):
                kind = PENDING
            found.append(Difference(kind, verify_id, our, their))
    return Comparison(matched, tuple(found))


def _kind(our: OurUse | None, their: Verified | None) -> str | None:
    """None: only one book ever had it, and it was taken back there; nothing is owed."""
    if our is None:
        assert their is not None
        return None if their.cancelled else PLATFORM_ONLY
    if their is None:
        return None if our.cancelled_at is not None else LOCAL_ONLY
    if (our.cancelled_at is not None) != their.cancelled:
        return CANCELLED_THERE if their.cancelled else CANCELLED_HERE
    if their.amount is not None and not their.cancelled and their.amount != our.amount:
        return AMOUNT
    return MATCHED


def _fresh(our: OurUse | None, their: Verified | None, at: datetime) -> bool:
    moments = ([our.at, our.cancelled_at] if our else []) + (
        [their.at, their.cancelled_at] if their else [])
    newest = max(one for one in moments if one is not None)
    return at - newest < FRESH or (our is not None and our.in_work)


def _in_work(line: Verified, in_work: frozenset[str]) -> bool:
    return line.certificate_id in in_work or (line.code or "") in in_work
