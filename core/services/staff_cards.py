"""Cards and notices for staff, made from the payloads of `core.services.news`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from core.money import Money
from core.platforms.messenger import Button, Card
from core.services.choices import given
from core.services.redemption_view import Granted
from core.services.staff_words import DOORS, STATES, Words, clock_time, gave, will_give
from core.vouchers.redemption import ResultType, State

Payload = Mapping[str, Any]


WAITS = Words("等你确认", "waits for your yes")


def instant(payload: Payload, name: str) -> datetime | None:
    """An instant of a payload."""
    return datetime.fromisoformat(payload[name]) if payload.get(name) else None


def granted(packed: Mapping[str, Any]) -> Granted:
    """A result as packed into a payload."""
    def day(name: str) -> date | None:
        return date.fromisoformat(packed[name]) if packed.get(name) else None

    starts = packed.get("starts_at")
    return Granted(
        ResultType(packed["result_type"]), packed["result_id"], packed["product_name"],
        packed["kind"], before=day("before"), after=day("after"), days=packed.get("days"),
        uses=packed.get("uses"), session_title=packed.get("session_title") or "",
        starts_at=datetime.fromisoformat(starts) if starts else None,
        opened_instead=bool(packed.get("opened_instead")))


def asking(payload: Payload, task_id: str, language: str) -> Card:
    """The card with 拒绝 and 确认 (mock-ups' chat.html). Keys hold the reference, nothing else."""
    until = instant(payload, "expires_at")
    note = Words(f"{clock_time(until)} 前有效", f"until {clock_time(until)}") if until \
        else Words("", "")
    return _card(payload, task_id, WAITS, will_give(given(payload["choice"])), note, language,
                 buttons=(
        Button(Words("拒绝", "No").in_(language), f"reject:{payload['ref']}"),
        Button(Words("确认", "Yes").in_(language), f"confirm:{payload['ref']}", primary=True)))


def closing(payload: Payload, task_id: str, language: str) -> Card:
    """What became of it and who decided; what was redeemed may still be undone from here."""
    state = State(payload["state"])
    by, at = payload.get("decided_by") or "", instant(payload, "decided_at")
    when = clock_time(at, seconds=True) if at else ""
    if state is State.COMPLETED and payload.get("result"):
        title = gave(granted(payload["result"]))
    else:
        title = will_give(given(payload["choice"]))
    reason = payload.get("reason")
    note = Words(f"原因：{reason}", f"reason: {reason}") if reason else Words("", "")
    decided = _decided(state, by, when)
    if state is State.COMPLETED:
        undo = Button(Words("撤销", "Undo").in_(language), f"undo:{payload['ref']}")
        return _card(payload, task_id, STATES[state], title, decided, language, buttons=(undo,),
                     tone="green")
    return _card(payload, task_id, STATES[state], title, note, language,
                 closed=decided.in_(language), tone="grey")


def _decided(state: State, by: str, when: str) -> Words:
    if state is State.EXPIRED:
        return Words("过时了", "ran out")
    if state is State.WITHDRAWN:
        return Words("会员取消了", "withdrawn")
    if not by:
        return STATES[state]
    if state is State.REJECTED:
        return Words(f"{by} {when} 拒绝了", f"{by} said no, {when}")
    if state is State.UNDONE:
        return Words(f"{by} {when} 撤销了", f"{by} undid it, {when}")
    return Words(f"{by} {when} 点的确认", f"{by} said yes, {when}")


def _card(payload: Payload, task_id: str, state: Words, title: Words, note: Words,
          language: str, *, buttons: tuple[Button, ...] = (), closed: str = "",
          tone: Literal["grey", "ink", "green"] = "ink") -> Card:
    def word(zh: str, en: str) -> str:
        return Words(zh, en).in_(language)

    door = DOORS.get(payload["door"], Words(payload["door"], payload["door"])).in_(language)
    who = " ".join(part for part in (payload["member_name"], payload["member_phone"]) if part)
    uses = payload["uses"]
    facts = [(word("会员", "Member"), who or word("还不知道", "unknown")),
             (word("券", "Voucher"), f"{payload['platform_name']} {payload['product_name']}"),
             (word("尾号", "Ends"), payload["code_tail"]),
             (word("实付", "Paid"), str(Money(payload["paid_fen"])))]
    several = payload.get("certificates", 1)
    if several > 1:
        facts.append((word("几张", "Vouchers"), word(f"{several} 张一起用", f"{several} together")))
    elif uses > 1:
        facts.append((word("次数", "Uses"), word(f"{uses} 次", str(uses))))
    if closed and not buttons:
        buttons = (Button(closed, f"seen:{payload['ref']}"),)
    place = word(f"{payload['ticket']}，{payload['venue_name']}{door}",
                 f"{payload['ticket']}, {payload['venue_name']}, {door}")
    return Card(task_id=task_id, source=state.in_(language), title=title.in_(language),
                subtitle=place, note=note.in_(language), facts=tuple(facts), buttons=buttons,
                closed=closed, tone=tone)


def ending(payload: Payload, language: str) -> str:
    """How a redemption ended that was 确认中 when its answer was due."""
    state = State(payload["state"])
    if state is State.COMPLETED and payload.get("result"):
        done = gave(granted(payload["result"]))
        words = Words(f"✅ {payload['ticket']} 有结果了：{done.zh}",
                      f"✅ {payload['ticket']}: {done.en}")
    else:
        mark = "⚠️" if state is not State.REFUSED else "❌"
        words = Words(f"{mark} {payload['ticket']} 有结果了：{STATES[state].zh}",
                      f"{mark} {payload['ticket']}: {STATES[state].en}")
    member = f"{payload['member_name']} {payload['member_phone']}".strip()
    return f"{words.in_(language)}\n{member}" if member else words.in_(language)


def decided(payload: Payload, language: str) -> str:
    """What became of a question asked in words, and who decided."""
    state, by = State(payload["state"]), payload.get("decided_by") or ""
    at = instant(payload, "decided_at")
    who = _decided(state, by, clock_time(at) if at else "").in_(language)
    return f"{payload['ticket']} {STATES[state].in_(language)}\n{who}"


def asking_in_words(payload: Payload, language: str) -> str:
    """The question for a chat without cards."""
    what, until = will_give(given(payload["choice"])), instant(payload, "expires_at")
    number = payload["ticket"].replace(" ", "")
    by = Words(f"，{clock_time(until)} 前有效", f", until {clock_time(until)}") if until \
        else Words("", "")
    who = f"{payload['member_name']} {payload['member_phone']}".strip()
    return Words(
        f"{payload['ticket']} 等你确认{by.zh}\n{what.zh}\n会员：{who}\n"
        f"回“确认 {number}”或“拒绝 {number} 原因”",
        f"{payload['ticket']} waits for your yes{by.en}\n{what.en}\nMember: {who}\n"
        f"Say “confirm {number}” or “reject {number} REASON”").in_(language)
