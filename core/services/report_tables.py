"""Statistics as tables of a file."""

from __future__ import annotations

from collections.abc import Iterable

from core.services.spreadsheet import Table
from core.services.staff_words import DOORS, Words
from core.services.statistics import Figures, Period, Share, Statistics
from core.services.voucher_words import DATE_FIELDS, voucher_type
from core.services.workbook import Cell

FIGURES: tuple[tuple[Words, str], ...] = (
    (Words("总券数", "Vouchers"), "vouchers"),
    (Words("未核销", "Unused"), "unredeemed"),
    (Words("部分核销", "Partly redeemed"), "partly"),
    (Words("已核销", "Redeemed"), "redeemed"),
    (Words("核销中和结果未知", "Being redeemed or unknown"), "in_progress"),
    (Words("已过期", "Expired"), "expired"),
    (Words("已退款", "Refunded"), "refunded"),
    (Words("没用就退的", "Refunded before use"), "refunded_unused"),
    (Words("核销率", "Redemption rate"), "redemption_rate"),
    (Words("核销率，算上没用就退的", "Redemption rate of all"), "plain_rate"),
    (Words("销售额", "Sales"), "sales"),
    (Words("退款额", "Refunded amount"), "refunded_amount"),
    (Words("核销金额", "Redeemed amount"), "redeemed_amount"),
)
OF_A_SHARE = ("vouchers", "redeemed", "redemption_rate", "sales", "redeemed_amount")


def report_tables(found: Statistics, language: str) -> list[Table]:
    """The summary with the period before, platforms, types, venues, the trend and the doors."""
    def say(zh: str, en: str) -> str:
        return Words(zh, en).in_(language)

    none_yet = say("还没到店", "no venue yet")
    venues = [(share.name if share.id else none_yet, share) for share in found.venues]
    return [
        _summary(found, language),
        _shares(say("平台", "Platforms"), language,
                [(share.name, share) for share in found.platforms]),
        _shares(say("券类型", "Types"), language,
                [(voucher_type(share.id, language), share) for share in found.types]),
        _shares(say("门店", "Venues"), language, venues),
        Table(say("每天核销", "Redeemed by day") if found.trend_step == "day"
              else say("每月核销", "Redeemed by month"),
              [say("日期", "Date"), say("核销数量", "Redeemed"),
               say("部分核销", "Partly redeemed"), say("核销金额", "Amount")],
              [[step.day, step.redeemed, step.partly, step.amount] for step in found.trend]),
        Table(say("新会员从哪来", "New members"), [say("平台", "Platform"), say("人数", "Members")],
              [[one.platform_name, one.members] for one in found.new_members]),
        Table(say("从哪里核销", "Where redeemed"),
              [say("入口", "Door"), say("核销次数", "Redemptions")],
              [[DOORS[door].in_(language) if door in DOORS else door, count]
               for door, count in found.doors.by_door.items()]),
    ]


def _summary(found: Statistics, language: str) -> Table:
    def row(name: Words, field: str) -> list[Cell]:
        return [name.in_(language), _cell(found.figures, field),
                _cell(found.before, field) if found.before is not None else None]

    return Table(
        Words("总览", "Summary").in_(language),
        [DATE_FIELDS[found.date_field].in_(language), _days(found.period, language),
         _days(found.before_period, language) if found.before_period is not None else ""],
        [row(name, field) for name, field in FIGURES])


def _days(period: Period, language: str) -> str:
    if period.start is None and period.end is None:
        return Words("全部", "all").in_(language)
    start, end = (day.isoformat() if day is not None else "…"
                  for day in (period.start, period.end))
    return f"{start} – {end}"


def _shares(name: str, language: str, shares: Iterable[tuple[str, Share]]) -> Table:
    words = {field: word.in_(language) for word, field in FIGURES}
    return Table(
        name, [name, Words("占比", "Share").in_(language), *(words[f] for f in OF_A_SHARE)],
        [[called, share.share, *(_cell(share.figures, field) for field in OF_A_SHARE)]
         for called, share in shares])


def _cell(figures: Figures, field: str) -> Cell:
    value: Cell = getattr(figures, field)
    return value
