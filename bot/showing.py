"""Redemptions and certificates as chat text: the outcome first, then short facts, then what next
(wechat.md 8.2)."""

from __future__ import annotations

from bot.incoming import lines
from bot.phrases import say_why
from core.services.inspection import Choice, FoundCertificate
from core.services.redeem import RedemptionView, UndoPreview
from core.services.staff_sentences import platform_name
from core.services.staff_words import (
    DOORS,
    STATES,
    STATUSES,
    Words,
    clock_time,
    day_and_time,
    gave,
    reversal,
    will_give,
)
from core.vouchers.redemption import UNSETTLED, State

WAITING_FOR_STAFF = Words("⏳ 已经发给店员，等人点确认。券还没动",
                          "⏳ Sent to the staff for a yes. The voucher is untouched")


def short(ticket: str) -> str:
    """`H0372`: how a ticket is typed."""
    return ticket.replace(" ", "")


def fact(zh: str, en: str, value: object) -> Words:
    """One `label：value` line."""
    return Words(f"{zh}：{value}", f"{en}: {value}")


def member(view: RedemptionView | FoundCertificate) -> Words | None:
    """Whose it is, masked."""
    who = view.member
    if who is None:
        return None
    new = Words("（新会员）", " (new)") if not who.known else Words("", "")
    shown = " ".join(part for part in (who.name, who.phone) if part)
    return Words(f"会员：{shown}{new.zh}", f"Member: {shown}{new.en}")


def voucher(view: RedemptionView | FoundCertificate) -> Words:
    """Which certificate, by its tail."""
    names = platform_name(view.platform)
    return Words(f"券：{names.zh} {view.product_name}，尾号 {view.code_tail}",
                 f"Voucher: {names.en} {view.product_name}, ends in {view.code_tail}")


def redemption(view: RedemptionView) -> Words:
    """A redemption as it stands."""
    return lines(_outcome(view), member(view), voucher(view), _who_and_when(view),
                 fact("单号", "Ticket", view.ticket), _what_next(view))


def _outcome(view: RedemptionView) -> Words:
    if view.state is State.COMPLETED and view.result is not None:
        done = gave(view.result)
        return Words(f"✅ {done.zh}", f"✅ {done.en}")
    if view.state is State.AWAITING_STAFF:
        return WAITING_FOR_STAFF
    if view.state in UNSETTLED:
        name = platform_name(view.platform)
        return Words(f"⏳ {name.zh}还没回话，正在查。不用再发，这张券最多只会用掉一次",
                     f"⏳ No answer from {name.en} yet, we are asking. It is used once at most")
    if view.state is State.REFUSED and view.error is not None:
        why = say_why(view.error.error, view.error.facts, view.platform)
        return Words(f"❌ {why.zh}", f"❌ {why.en}")
    state = STATES[view.state]
    why_not = f"：{view.reason}" if view.reason else ""
    return Words(f"⚠️ {state.zh}{why_not}", f"⚠️ {state.en}{why_not}")


def _who_and_when(view: RedemptionView) -> Words | None:
    door = DOORS.get(view.door, Words(view.door, view.door))
    by = view.confirmed_by
    if by is None:
        return None
    at = day_and_time(view.completed_at or view.moved_at)
    return Words(f"经办：{by.name}，{at}，{view.venue.name}{door.zh}",
                 f"By: {by.name}, {at}, {view.venue.name}, {door.en}")


def _what_next(view: RedemptionView) -> Words | None:
    number = short(view.ticket)
    if view.state is State.COMPLETED and view.undo.possible:
        until = view.undo.until
        by = Words(f"，到 {clock_time(until)}", f", until {clock_time(until)}") if until \
            else Words("", "")
        return Words(f"回“撤销 {number}”能撤{by.zh}", f"Say “undo {number}” to undo{by.en}")
    if view.state is State.AWAITING_STAFF:
        return Words(f"回“确认 {number}”或“拒绝 {number}”",
                     f"Say “confirm {number}” or “reject {number}”")
    if view.state in UNSETTLED:
        return Words(f"有结果会告诉你，也可以回“查 {number}”",
                     f"You will hear; or say “find {number}”")
    return None


def waiting_line(view: RedemptionView) -> Words:
    """One line of the list of who waits."""
    what = will_give(view.choice)
    who = view.member
    name = f"，{who.name} {who.phone}" if who else ""
    until = Words(f"，{clock_time(view.expires_at)} 前有效",
                  f", until {clock_time(view.expires_at)}") if view.expires_at else Words("", "")
    return Words(f"{view.ticket} {what.zh}{name}{until.zh}",
                 f"{view.ticket} {what.en}{name}{until.en}")


def certificate(found: FoundCertificate) -> Words:
    """What a look found; changes nothing."""
    uses = None if found.uses_total == 1 else Words(
        f"次数：{found.uses_total} 次，还剩 {found.uses_left} 次",
        f"Uses: {found.uses_left} of {found.uses_total} left")
    until = None if found.expire_date is None else fact("能用到", "Valid to", found.expire_date)
    buyer = None if not found.user_phone else fact("买的人", "Buyer", found.user_phone)
    status = STATUSES[found.status]
    return lines(Words(f"{status.zh}，这次没动它", f"{status.en}; nothing changed"),
                 voucher(found), uses, until, buyer, fact("实付", "Paid", found.paid_price))


def summary(found: FoundCertificate, choice: Choice, uses: int) -> Words:
    """What is about to happen, before anything irreversible."""
    gives = will_give(choice)
    several = None if found.uses_total == 1 else Words(
        f"这次用：{uses} 次，用完还剩 {found.uses_left - uses} 次",
        f"Uses now: {uses}, {found.uses_left - uses} left afterwards")
    return lines(Words("核销这张，对吗", "Redeem this one?"), voucher(found),
                 fact("实付", "Paid", found.paid_price), member(found),
                 Words(f"给他：{gives.zh}", f"Gives: {gives.en}"), several,
                 Words("回“确认”核销，回“取消”不动券", "Say “yes” to redeem, “cancel” to leave it"))


def choice_lines(choices: list[Choice]) -> Words:
    """A numbered list, what cannot be had with its reason."""
    rows = []
    for number, choice in enumerate(choices, 1):
        gives = will_give(choice)
        left = choice.seats_left
        seats = Words("", "") if left is None else Words(f"，还有 {left} 个位", f", {left} seats")
        rows.append(Words(f"{number} {gives.zh}{seats.zh}", f"{number} {gives.en}{seats.en}"))
    return lines(*rows)


def undo_preview(view: RedemptionView, preview: UndoPreview) -> Words:
    """What an undo would take back, before it does."""
    until = preview.until
    by = None if until is None else Words(f"平台一般让撤到 {clock_time(until)}",
                                          f"The platform usually allows it until "
                                          f"{clock_time(until)}")
    return lines(Words(f"撤销 {view.ticket}，会变成这样", f"Undo {view.ticket}: this would change"),
                 *map(reversal, preview.changes), by,
                 Words("回“确认”撤销，回“取消”不动", "Say “yes” to undo, “cancel” to leave it"))
