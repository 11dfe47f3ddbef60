"""Choices, results and reversals in words, for schemas; states share the staff's words."""

from __future__ import annotations

from datetime import datetime

from core.api.phrases import language, sentence
from core.clock import business_day, zone
from core.services import staff_words
from core.services.redemption_view import (
    CertificateResult,
    Failure,
    Granted,
    RedemptionView,
    Reversal,
)
from core.services.staff_words import Promise, Words
from core.vouchers.redemption import ResultType, State, VoucherStatus


def in_words(words: Words) -> str:
    """In the caller's language."""
    return words.in_(language())


def status_text(status: VoucherStatus | int) -> str:
    """`未核销`"""
    return in_words(staff_words.STATUSES[VoucherStatus(status)])


def door_text(door: str) -> str:
    """`自助机`"""
    return in_words(staff_words.DOORS[door]) if door in staff_words.DOORS else door


def state_text(view: RedemptionView | CertificateResult) -> str:
    """`等店员确认`"""
    return in_words(staff_words.STATES[State(view.state)])


def _when(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone())
    return f"{business_day(at).strftime('%m-%d')} {local.strftime('%H:%M')}"


def choice_title(choice: Promise) -> str:
    """What it is: the first line of a big button."""
    name, kind = choice.product_name, ResultType(choice.result_type)
    return in_words({
        ResultType.CARD_OPENED: Words(f"办一张新的{name}", f"Open a new card: {name}"),
        ResultType.CARD_RENEWED: Words(f"续上我的卡，{name}", f"Renew my card: {name}"),
        ResultType.COURSE_BOUGHT: Words(f"记到我的课程，{name}", f"Add to my courses: {name}"),
        ResultType.CLASS_BOOKED: Words(f"{choice.session_title} {_when(choice.starts_at)}",
                                       f"{choice.session_title} {_when(choice.starts_at)}"),
    }[kind])


def choice_gives(choice: Promise) -> str:
    """What you get and until when: its second line."""
    until = Words(f"，到 {choice.after}", f", until {choice.after}") if choice.after \
        else Words("", "")
    kind = ResultType(choice.result_type)
    if kind is ResultType.CARD_OPENED:
        return in_words(Words(f"从今天算 {choice.days} 天{until.zh}",
                              f"{choice.days} days from today{until.en}"))
    if kind is ResultType.CARD_RENEWED:
        return in_words(Words(f"多 {choice.days} 天{until.zh}",
                              f"{choice.days} more days{until.en}"))
    if kind is ResultType.COURSE_BOUGHT:
        return in_words(Words(f"{choice.uses} 次{until.zh}", f"{choice.uses} uses{until.en}"))
    left, seats = getattr(choice, "seats_left", None), choice.uses or 1
    taken = Words(f"占 {seats} 个位", "one seat" if seats == 1 else f"{seats} seats")
    if left is None:
        return in_words(taken)
    return in_words(Words(f"{taken.zh}，还剩 {left} 个", f"{taken.en} of {left} left"))


def result_title(result: Granted) -> str:
    """`健身月卡续好了`: true by the time anybody reads it."""
    name = result.product_name
    if result.result_type is ResultType.CARD_RENEWED and not result.opened_instead:
        return in_words(Words(f"{name}续好了", f"{name} renewed"))
    return in_words({
        ResultType.CARD_OPENED: Words(f"{name}开好了", f"{name} opened"),
        ResultType.CARD_RENEWED: Words(f"{name}开好了", f"{name} opened"),
        ResultType.COURSE_BOUGHT: Words(f"{name}到账了", f"{name} added"),
        ResultType.CLASS_BOOKED: Words(f"{result.session_title}约好了",
                                       f"{result.session_title} booked"),
    }[result.result_type])


def result_message(result: Granted) -> str:
    """The seed's sentence (S240)."""
    name = result.product_name
    return in_words({
        ResultType.CARD_OPENED: Words(f"核销成功,已为用户开通{name}", f"Redeemed: opened {name}"),
        ResultType.CARD_RENEWED: Words(f"核销成功,已为用户续费{name}", f"Redeemed: renewed {name}"),
        ResultType.COURSE_BOUGHT: Words(f"核销成功,已为用户添加{name}", f"Redeemed: added {name}"),
        ResultType.CLASS_BOOKED: Words(f"核销成功,已为用户预约{result.session_title}",
                                       f"Redeemed: booked {result.session_title}"),
    }[result.result_type])


def result_detail(result: Granted) -> str:
    """What changed, in numbers."""
    if result.result_type is ResultType.CARD_RENEWED and result.before is not None:
        return in_words(Words(f"原来到 {result.before}，这次多了 {result.days} 天",
                              f"It ran to {result.before}; {result.days} days were added"))
    if result.result_type is ResultType.CLASS_BOOKED:
        seats = in_words(Words(f"，{result.uses} 个位", f", {result.uses} seats")) \
            if result.uses else ""
        return _when(result.starts_at) + seats
    if result.uses:
        return in_words(Words(f"{result.uses} 次", f"{result.uses} uses"))
    if result.days:
        return in_words(Words(f"从今天算 {result.days} 天", f"{result.days} days from today"))
    return ""


def failure_message(failure: Failure) -> str:
    """Why it did not happen."""
    return sentence(failure.error, dict(failure.facts))


def reversal(change: Reversal) -> str:
    """`卡到期日：2026-12-24 → 2026-11-24`"""
    return in_words(staff_words.reversal(change))
