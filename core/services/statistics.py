"""What a statistics page shows: plain values, made from sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.money import Money
from core.store.counted import Sums
from core.vouchers.redemption import VoucherStatus as Is


@dataclass(frozen=True, slots=True)
class Figures:
    """Some vouchers. Each count is what the list shows for that status; together they make
    `vouchers`, with `in_progress` for 核销中 and 结果未知.

    `sales` is what buyers paid, `refunded_amount` what they got back; `redeemed_amount` is the
    paid price of what was used, a times card's in proportion to its uses.
    """

    vouchers: int
    unredeemed: int
    redeemed: int
    partly: int
    in_progress: int
    expired: int
    refunded: int
    refunded_unused: int
    sales: Money
    refunded_amount: Money
    redeemed_amount: Money

    @property
    def redemption_rate(self) -> float | None:
        """Redeemed of all that were not refunded before use (decision Q14); None: of nothing."""
        return _ratio(self.redeemed, self.vouchers - self.refunded_unused)

    @property
    def plain_rate(self) -> float | None:
        """Redeemed of all."""
        return _ratio(self.redeemed, self.vouchers)


@dataclass(frozen=True, slots=True)
class Share:
    """The vouchers of one platform, type or venue (0: none yet), and their part of all."""

    id: int
    name: str
    figures: Figures
    share: float


@dataclass(frozen=True, slots=True)
class Step:
    """What was redeemed on one day (or in one month, named by its first day)."""

    day: date
    redeemed: int
    partly: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Doors:
    """Redemptions completed in the range and standing. `self_served`: the part that members did
    themselves at a kiosk or in a mini-program (S7); None: of nothing."""

    redemptions: int
    by_door: Mapping[str, int]
    self_served: float | None


@dataclass(frozen=True, slots=True)
class Newcomers:
    """How many people became members by a voucher of one platform (S4)."""

    platform_id: int
    platform_name: str
    members: int


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days, both included; None: no end on that side."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures are of the vouchers whose `date_field` lies in the period; the trend and the doors
    are of redemptions in it, `new_members` of people whom their first voucher made members in it.
    `before` is the same for as many days just before."""

    period: Period
    date_field: str
    venue_id: int | None
    figures: Figures
    platforms: tuple[Share, ...]
    types: tuple[Share, ...]
    venues: tuple[Share, ...]
    trend_step: str
    trend: tuple[Step, ...]
    doors: Doors
    new_members: tuple[Newcomers, ...]
    before: Figures | None
    before_period: Period | None


SELF_SERVED = frozenset({"kiosk", "mini", "phone"})
"""Doors where no staff does the work."""


def doors(by_door: Mapping[str, int]) -> Doors:
    """The doors' counts with their total and the members' part."""
    everything = sum(by_door.values())
    own = sum(count for door, count in by_door.items() if door in SELF_SERVED)
    return Doors(everything, dict(by_door), _ratio(own, everything))


def figures(sums: Mapping[int, Sums]) -> Figures:
    """From sums by status."""
    def count(*statuses: Is) -> int:
        return sum(sums[status].vouchers for status in statuses if status in sums)

    back = sums.get(Is.REFUNDED, Sums())
    return Figures(
        vouchers=sum(each.vouchers for each in sums.values()),
        unredeemed=count(Is.UNUSED), redeemed=count(Is.REDEEMED),
        partly=count(Is.PARTLY_REDEEMED), in_progress=count(Is.REDEEMING, Is.UNKNOWN),
        expired=count(Is.EXPIRED), refunded=back.vouchers,
        refunded_unused=back.vouchers - back.verified,
        sales=Money(sum(each.paid_fen for each in sums.values())),
        refunded_amount=Money(sum(each.refunded_fen for each in sums.values())),
        redeemed_amount=Money(sum(each.redeemed_fen for each in sums.values())))


def shares(sums: Mapping[tuple[Any, ...], Sums], place: int, names: Mapping[int, str],
           ) -> tuple[Share, ...]:
    """From sums whose keys have the status last: one share per value at `place`, the largest
    first."""
    groups: dict[int, dict[int, Sums]] = {}
    for key, each in sums.items():
        groups.setdefault(key[place], {}).setdefault(key[-1], Sums()).add(each)
    everything = sum(each.vouchers for each in sums.values())
    found = [Share(id, names.get(id, ""), made := figures(group),
                   _ratio(made.vouchers, everything) or 0.0) for id, group in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.figures.vouchers, one.id)))


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
