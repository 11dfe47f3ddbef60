"""What staff are told about a redemption, in both languages: chat replies and cards use the same
words (mock-ups' README: same words at every door)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, Protocol

from core.clock import zone
from core.services.redemption_view import Granted, Reversal
from core.vouchers.redemption import ResultType, State, VoucherStatus


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh


STATES: dict[State, Words] = {
    State.REQUESTED: Words("等确认", "waiting for a yes"),
    State.AWAITING_STAFF: Words("等店员确认", "waiting for staff"),
    State.VERIFYING: Words("确认中", "checking with the platform"),
    State.COMPLETED: Words("已核销", "redeemed"),
    State.REJECTED: Words("店员没同意，券没动", "turned down, nothing used"),
    State.EXPIRED: Words("没人确认，过时了，券没动", "ran out of time, nothing used"),
    State.WITHDRAWN: Words("会员取消了，券没动", "withdrawn, nothing used"),
    State.REFUSED: Words("平台没让核销，券没动", "refused by the platform, nothing used"),
    State.UNCERTAIN: Words("确认中，平台还没回话", "checking: no answer from the platform yet"),
    State.MANUAL: Words("平台一直没回话，要人去看", "no answer from the platform, look into it"),
    State.UNDOING: Words("撤销中", "being undone"),
    State.UNDO_UNCERTAIN: Words("撤销中，平台还没回话", "being undone: no answer yet"),
    State.UNDONE: Words("撤销了，券回到未核销", "undone, the voucher is unused again"),
}
STATUSES: dict[VoucherStatus, Words] = {
    VoucherStatus.UNUSED: Words("未核销", "unused"),
    VoucherStatus.REDEEMED: Words("已核销", "redeemed"),
    VoucherStatus.EXPIRED: Words("已过期", "expired"),
    VoucherStatus.REFUNDED: Words("已退款", "refunded"),
    VoucherStatus.REDEEMING: Words("核销中", "being redeemed"),
    VoucherStatus.UNKNOWN: Words("结果未知", "outcome unknown"),
    VoucherStatus.PARTLY_REDEEMED: Words("部分核销", "partly redeemed"),
}
DOORS = {"kiosk": Words("自助机", "kiosk"), "mini": Words("小程序", "mini-program"),
         "desk": Words("前台", "desk"), "bot": Words("聊天", "chat"), "api": Words("接口", "API"),
         "phone": Words("手机", "phone"), "job": Words("系统", "system")}


class Promise(Protocol):
    """What a choice gives: the common part of Choice and GivenChoice."""

    @property
    def result_type(self) -> ResultType: ...
    @property
    def product_name(self) -> str: ...
    @property
    def days(self) -> int | None: ...
    @property
    def uses(self) -> int | None: ...
    @property
    def after(self) -> date | None: ...
    @property
    def session_title(self) -> str: ...
    @property
    def starts_at(self) -> datetime | None: ...


def clock_time(at: datetime, *, seconds: bool = False) -> str:
    """`14:44`, at the shop."""
    return at.astimezone(zone()).strftime("%H:%M:%S" if seconds else "%H:%M")


def day_and_time(at: datetime) -> str:
    """`11-21 14:44`, at the shop."""
    return at.astimezone(zone()).strftime("%m-%d %H:%M")


def will_give(choice: Promise) -> Words:
    """`续健身月卡 30 天，到 2026-12-24`: the new date before the press."""
    name = choice.product_name
    until = Words(f"，到 {choice.after}", f", to {choice.after}") if choice.after else Words("", "")
    if choice.result_type is ResultType.CARD_RENEWED:
        return Words(f"续{name}{until.zh}", f"renew {name}{until.en}")
    if choice.result_type is ResultType.CARD_OPENED:
        return Words(f"开{name}{until.zh}", f"open {name}{until.en}")
    if choice.result_type is ResultType.COURSE_BOUGHT:
        return Words(f"{name}，{choice.uses} 次{until.zh}", f"{name}, {choice.uses} uses{until.en}")
    at = f" {day_and_time(choice.starts_at)}" if choice.starts_at else ""
    seats = _seats(choice.uses)
    return Words(f"约{choice.session_title}{at}{seats.zh}",
                 f"book {choice.session_title}{at}{seats.en}")


def gave(result: Granted) -> Words:
    """`健身月卡续好了，到 2026-12-24，多了 30 天`: what is true now."""
    name, after = result.product_name, result.after
    until = Words(f"，到 {after}", f", to {after}") if after else Words("", "")
    if result.result_type is ResultType.CARD_RENEWED and not result.opened_instead:
        return Words(f"{name}续好了{until.zh}，多了 {result.days} 天",
                     f"{name} renewed{until.en}, {result.days} days more")
    if result.opened_instead:
        return Words(f"要续的卡不在了，开了新的{name}{until.zh}",
                     f"the card to renew is gone; opened a new {name}{until.en}")
    if result.result_type is ResultType.CARD_OPENED:
        return Words(f"{name}开好了{until.zh}", f"{name} opened{until.en}")
    if result.result_type is ResultType.COURSE_BOUGHT:
        return Words(f"{name}买好了，{result.uses} 次{until.zh}",
                     f"{name} bought, {result.uses} uses{until.en}")
    at = f" {day_and_time(result.starts_at)}" if result.starts_at else ""
    seats = _seats(result.uses)
    return Words(f"约好了{result.session_title}{at}{seats.zh}",
                 f"booked {result.session_title}{at}{seats.en}")


def _seats(count: int | None) -> Words:
    return Words(f"，{count} 个位", f", {count} seats") if count else Words("", "")


_THINGS = {"voucher": Words("券", "voucher"), "card_ends_on": Words("卡到期日", "card ends"),
           "card": Words("卡", "card"), "course": Words("课包", "course"),
           "voucher_uses_left": Words("券剩下的次数", "uses left"),
           "course_uses": Words("课包次数", "lessons"), "seat": Words("座位", "seat")}
_CONDITIONS = {
    "unused": Words("未核销", "unused"), "redeemed": Words("已核销", "redeemed"),
    "active": Words("在用", "active"), "cancelled": Words("作废", "cancelled"),
    "booked": Words("已约", "booked"), "released": Words("放出来", "released"),
    "partly_redeemed": Words("部分核销", "partly redeemed")}


def reversal(change: Reversal) -> Words:
    """`卡到期日：2026-12-24 → 2026-11-24`."""
    thing = _THINGS.get(change.what, Words(change.what, change.what))
    now = _CONDITIONS.get(change.now, Words(change.now, change.now))
    then = _CONDITIONS.get(change.then, Words(change.then, change.then))
    return Words(f"{thing.zh}：{now.zh} → {then.zh}", f"{thing.en}: {now.en} → {then.en}")
