"""What a voucher counts as, and what its change does to the sums by day.

Values only. Days are ordinals (`date.toordinal`), since thousands of them are added up at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from operator import sub
from typing import Any, NamedTuple

from core.vouchers.redemption import VoucherStatus

CREATED, VERIFIED, EXPIRE = "created", "verified", "expire"
"""Dimensions: which date of a voucher a day is of."""
DAY, MONTH = "day", "month"
"""Grains."""

COLUMNS = ("created_at", "verified_at", "expire_date", "platform_id", "voucher_type", "venue_id",
           "status", "paid_price_fen", "uses_used", "uses_total", "refunded_fen")
"""What of a voucher is counted, in the order in which `counted` takes it."""


class Counted(NamedTuple):
    """One voucher. A day is 0 where it has no such date; `venue_id` is 0 for none yet."""

    created: int
    verified: int
    expire: int
    platform_id: int
    voucher_type: int
    venue_id: int
    status: int
    paid_fen: int
    redeemed_fen: int
    refunded_fen: int

    @property
    def text(self) -> str:
        """How the voucher's row remembers it; `remembered` reads it."""
        return ",".join(map(str, self))


def remembered(text: str | None) -> Counted | None:
    """What a voucher was counted as; None: not yet."""
    return Counted(*map(int, text.split(","))) if text else None


def counted(row: tuple[Any, ...], zone: tzinfo) -> Counted:
    """What a row of COLUMNS counts as, as the driver gave it: dates as text or as dates."""
    created, verified, expire, platform, kind, venue, status, paid, used, uses, back = row
    paid = paid or 0
    return Counted(_day_of(created, zone), _day_of(verified, zone) if verified else 0,
                   _ordinal(expire) if expire else 0, platform, kind, venue or 0, status, paid,
                   redeemed(status, paid, used, uses), refunded(status, paid, back))


def redeemed(status: int, paid: int, used: int, uses: int) -> int:
    """Fen of the paid price that have been used up."""
    if status == VoucherStatus.REDEEMED:
        return paid
    return paid * used // uses if status == VoucherStatus.PARTLY_REDEEMED and uses else 0


def refunded(status: int, paid: int, back: int | None) -> int:
    """Fen the buyer got back: as the platform told, or else all of a refunded voucher."""
    if back is not None:
        return back
    return paid if status == VoucherStatus.REFUNDED else 0


def _day_of(at: datetime | str, zone: tzinfo) -> int:
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return instant.replace(tzinfo=UTC).astimezone(zone).toordinal()


def _ordinal(day: date | str) -> int:
    return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


@lru_cache(maxsize=4096)
def month_of(ordinal: int) -> int:
    """The first day of a day's month."""
    return date.fromordinal(ordinal).replace(day=1).toordinal()


class Key(NamedTuple):
    """One row of `voucher_tallies`."""

    dimension: str
    grain: str
    day: int
    platform_id: int
    voucher_type: int
    venue_id: int
    status: int


@dataclass(slots=True)
class Sums:
    """`verified` and `expiring`: how many of the vouchers have that date."""

    vouchers: int = 0
    verified: int = 0
    expiring: int = 0
    paid_fen: int = 0
    redeemed_fen: int = 0
    refunded_fen: int = 0

    def values(self) -> tuple[int, ...]:
        """In the order of `tables.tallies.MEASURES`."""
        return (self.vouchers, self.verified, self.expiring, self.paid_fen, self.redeemed_fen,
                self.refunded_fen)

    def add(self, other: Sums) -> None:
        """Add in place."""
        self.vouchers += other.vouchers
        self.verified += other.verified
        self.expiring += other.expiring
        self.paid_fen += other.paid_fen
        self.redeemed_fen += other.redeemed_fen
        self.refunded_fen += other.refunded_fen

    def __bool__(self) -> bool:
        return self != NOTHING

    def less(self, other: Sums) -> Sums:
        """The difference."""
        return Sums(*map(sub, self.values(), other.values()))


NOTHING = Sums()


def changes(pairs: Iterable[tuple[Counted | None, Counted | None]]) -> dict[Key, Sums]:
    """What the sums gain when vouchers that counted as the first of a pair count as the second."""
    # Vouchers alike in all but money first: thousands of a day's import are a few dozen such.
    alike: dict[tuple[int, ...], list[int]] = {}
    for before, now in pairs:
        if before != now:
            for one, sign in ((before, -1), (now, 1)):
                if one is not None:
                    sums = alike.setdefault(one[:7], [0, 0, 0, 0])
                    sums[0] += sign
                    sums[1] += sign * one[7]
                    sums[2] += sign * one[8]
                    sums[3] += sign * one[9]
    found: dict[Key, Sums] = {}
    for (created, verified, expire, *kind), (vouchers, *amounts) in alike.items():
        gain = Sums(vouchers, vouchers if verified else 0, vouchers if expire else 0, *amounts)
        for dimension, day in ((CREATED, created), (VERIFIED, verified), (EXPIRE, expire)):
            if day:
                found.setdefault(Key(dimension, DAY, day, *kind), Sums()).add(gain)
                found.setdefault(Key(dimension, MONTH, month_of(day), *kind), Sums()).add(gain)
    return {key: sums for key, sums in found.items() if sums}
