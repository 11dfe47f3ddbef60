"""How the desk shows days, times, codes, money and states."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from core.clock import business_day, zone
from core.money import Money
from core.services.meituan_access import CUSTOMER, SHOP
from core.services.staff_words import DOORS, STATES, STATUSES, Words
from core.services.voucher_words import voucher_type
from core.vouchers.redemption import State, VoucherStatus
from kiosk.desk.state import services
from kiosk.desk.words import language, say, tell

STATUS_KEYS = {
    VoucherStatus.UNUSED: "unused", VoucherStatus.REDEEMED: "redeemed",
    VoucherStatus.EXPIRED: "expired", VoucherStatus.REFUNDED: "refunded",
    VoucherStatus.REDEEMING: "verifying", VoucherStatus.UNKNOWN: "unknown",
    VoucherStatus.PARTLY_REDEEMED: "partial",
}
"""Voucher status → the tint and shape of its chip."""
STATE_KEYS = {
    State.REQUESTED: "verifying", State.AWAITING_STAFF: "verifying",
    State.VERIFYING: "verifying", State.COMPLETED: "redeemed", State.REJECTED: "unused",
    State.EXPIRED: "unused", State.WITHDRAWN: "unused", State.REFUSED: "unused",
    State.UNCERTAIN: "unknown", State.MANUAL: "unknown", State.UNDOING: "verifying",
    State.UNDO_UNCERTAIN: "unknown", State.UNDONE: "unused",
}
ROLES = {"admin": Words("管理员", "administrator"), "manager": Words("店长", "manager"),
         "clerk": Words("前台", "front desk")}
BUSINESSES = {SHOP: Words("门店", "shop"), CUSTOMER: Words("连锁账户", "chain account")}
"""What Meituan authorises one by one."""
BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("Linux", "Linux"))
"""Marks in a browser's account of itself; whoever imitates another comes before it."""
WEEKDAYS = (Words("周一", "Mon"), Words("周二", "Tue"), Words("周三", "Wed"),
            Words("周四", "Thu"), Words("周五", "Fri"), Words("周六", "Sat"),
            Words("周日", "Sun"))


def today() -> date:
    """The business day now."""
    return business_day(services().clock.now())


def when(at: datetime | None) -> str:
    """`今天 14:33`, `昨天 09:10`, `11-08 19:42`, `2025-12-31 08:00`."""
    if at is None:
        return ""
    local, now = at.astimezone(zone()), today()
    clock = local.strftime("%H:%M")
    if local.date() == now:
        return say("今天 {at}", "today {at}", at=clock)
    if local.date() == now - timedelta(days=1):
        return say("昨天 {at}", "yesterday {at}", at=clock)
    return local.strftime("%m-%d %H:%M" if local.year == now.year else "%Y-%m-%d %H:%M")


def clock(at: datetime | None) -> str:
    """`14:33`"""
    return at.astimezone(zone()).strftime("%H:%M") if at else ""


def short_day(day: date) -> str:
    """`11-08`, with its year when that is not this one."""
    return day.strftime("%m-%d") if day.year == today().year else day.isoformat()


def weekday(day: date) -> str:
    """`周日`"""
    return tell(WEEKDAYS[day.weekday()])


def how_long_left(day: date | None) -> str:
    """`还有 55 天`, `明天`, `今天最后一天`, `3 天前`."""
    if day is None:
        return ""
    days = (day - today()).days
    if days == 0:
        return say("今天最后一天", "last day today")
    if days == 1:
        return say("明天", "tomorrow")
    if days == 2:
        return say("后天", "in 2 days")
    if days > 0:
        return say("还有 {n} 天", "{n} days left", n=days)
    return say("{n} 天前", "{n} days ago", n=-days)


def ago(at: datetime | None) -> str:
    """`3 秒前`, `34 分钟前`, or the day and time."""
    if at is None:
        return say("还没有", "never")
    seconds = int((services().clock.now() - at).total_seconds())
    if seconds < 60:
        return say("{n} 秒前", "{n} s ago", n=max(seconds, 0))
    if seconds < 3600:
        return say("{n} 分钟前", "{n} min ago", n=seconds // 60)
    return when(at)


def grouped(code: str | None) -> str:
    """`0421 8834 9057 7730`; of a masked one `0421 **** 30`."""
    if not code:
        return ""
    if "*" in code:
        return re.sub(r"\*+", " **** ", code).strip()
    return " ".join(code[at:at + 4] for at in range(0, len(code), 4)) if code.isdigit() else code


def money(amount: Money | None) -> str:
    """`¥1,234.50`"""
    return "" if amount is None else str(amount)


def number(value: int) -> str:
    """`1,284`"""
    return f"{value:,}"


def percent(share: float | None) -> str:
    """`63.2%`"""
    return "—" if share is None else f"{share * 100:.1f}%"


def status_word(status: VoucherStatus | int) -> str:
    """`未核销`"""
    return tell(STATUSES[VoucherStatus(status)])


def status_key(status: VoucherStatus | int) -> str:
    """`unused`"""
    return STATUS_KEYS[VoucherStatus(status)]


def state_word(state: State | str) -> str:
    """`等店员确认`"""
    return tell(STATES[State(state)])


def state_key(state: State | str) -> str:
    """The chip of a redemption's state."""
    return STATE_KEYS[State(state)]


def door_word(door: str) -> str:
    """`自助机`"""
    return tell(DOORS[door]) if door in DOORS else door


def type_word(kind: int | None) -> str:
    """`会员卡`"""
    return voucher_type(kind, language())


def role_word(role: str) -> str:
    """`店长`"""
    return tell(ROLES[role]) if role in ROLES else role


def business_word(business: str) -> str:
    """`门店`; empty where a platform authorises everything at once."""
    return tell(BUSINESSES[business]) if business in BUSINESSES else ""


def device(agent: str) -> str:
    """`Chrome，Windows`: the first names known in what a browser says of itself, else its words."""
    found = [next((name for mark, name in kind if mark in agent), "")
             for kind in (BROWSERS, SYSTEMS)]
    known = say("，", ", ").join(filter(None, found))
    return known or agent[:40] or say("不知道是什么设备", "Unknown device")


FILTERS = {each.__name__: each for each in (
    when, clock, short_day, weekday, how_long_left, ago, grouped, money, number, percent,
    status_word, status_key, state_word, state_key, door_word, type_word, role_word, business_word,
    device)}
