"""Cards and texts for staff about an order that is to be paid at the counter, made from the
payloads of `core.services.pricing.counter_news`."""

from __future__ import annotations

from core.money import Money
from core.platforms.messenger import Button, Card
from core.services.staff_cards import Payload, instant
from core.services.staff_words import DOORS, Words, clock_time
from core.store.pricing.orders import AWAITING, CANCELLED, PAID, PARTLY_REFUNDED, REFUNDED

ORDER_STATES: dict[str, Words] = {
    AWAITING: Words("等付款", "to be paid"),
    PAID: Words("已付", "paid"),
    PARTLY_REFUNDED: Words("部分退款", "partly refunded"),
    REFUNDED: Words("已退款", "refunded"),
    CANCELLED: Words("没买成", "cancelled"),
}
MOST_LINES = 3
"""Of a cart on a card; the desk's page shows all of them."""


def asking(desk: str, payload: Payload, task_id: str, language: str) -> Card:
    """What to collect, with a button that opens the order at the desk, where its money is taken."""
    until = instant(payload, "expires_at")
    who = _member(payload)
    facts = [(Words("会员", "Member").in_(language), who)] if who else []
    if until is not None:
        facts.append((Words("等到", "Until").in_(language), clock_time(until)))
    return Card(
        task_id=task_id, source=ORDER_STATES[AWAITING].in_(language),
        title=Words(f"收 {_due(payload)}", f"Take {_due(payload)}").in_(language),
        subtitle=_place(payload).in_(language), note=_bought(payload).in_(language),
        facts=tuple(facts), buttons=(
            Button(Words("去收款", "Take the money").in_(language), f"open:{payload['ref']}",
                   primary=True, url=_page(desk, payload)),))


def closing(payload: Payload, task_id: str, language: str) -> Card:
    """What became of the order, and who did it."""
    state, who = payload["state"], _member(payload)
    paid = state in (PAID, PARTLY_REFUNDED)
    title = Words(f"收了 {_due(payload)}", f"Took {_due(payload)}") if paid else \
        Words(f"不用收 {_due(payload)} 了", f"{_due(payload)} is not due any more")
    done = _decided(payload, seconds=True).in_(language)
    return Card(
        task_id=task_id, source=ORDER_STATES[state].in_(language), title=title.in_(language),
        subtitle=_place(payload).in_(language), note=_bought(payload).in_(language),
        facts=((Words("会员", "Member").in_(language), who),) if who else (),
        buttons=(Button(done, f"seen:{payload['ref']}"),), closed=done,
        tone="green" if paid else "grey")


def asking_in_words(desk: str, payload: Payload, language: str) -> str:
    """The same for a chat without cards."""
    until, who = instant(payload, "expires_at"), _member(payload)
    by = Words(f"，等到 {clock_time(until)}", f", until {clock_time(until)}") if until \
        else Words("", "")
    told = [Words(f"{payload['number']} 等付款，收 {_due(payload)}{by.zh}",
                  f"{payload['number']} is to be paid, take {_due(payload)}{by.en}"),
            _bought(payload), _place(payload)]
    if who:
        told.append(Words(f"会员：{who}", f"Member: {who}"))
    return "\n".join([*(words.in_(language) for words in told), _page(desk, payload)])


def decided(payload: Payload, language: str) -> str:
    """What became of it, in a chat without cards."""
    return (f"{payload['number']} {ORDER_STATES[payload['state']].in_(language)}\n"
            f"{_decided(payload).in_(language)}")


def _decided(payload: Payload, *, seconds: bool = False) -> Words:
    by, at = payload["decided_by"], instant(payload, "decided_at")
    when = clock_time(at, seconds=seconds) if at else ""
    if payload["decided_kind"] == "system":
        return Words("没来付，过时了", "not paid in time")
    if not by:
        return Words("会员取消了", "withdrawn by the member")
    if payload["state"] == CANCELLED:
        return Words(f"{by} {when} 取消的", f"{by} cancelled it, {when}")
    return Words(f"{by} {when} 收的", f"{by} took it, {when}")


def _due(payload: Payload) -> Money:
    return Money(payload["due_fen"])


def _member(payload: Payload) -> str:
    return f"{payload['member_name']} {payload['member_phone']}".strip()


def _place(payload: Payload) -> Words:
    """`报号 9F3K，滨江店自助机`."""
    door = DOORS.get(payload["door"], Words(payload["door"], payload["door"]))
    return Words(f"报号 {payload['number']}，{payload['venue_name']}{door.zh}",
                 f"No. {payload['number']}, {payload['venue_name']}, {door.en}")


def _bought(payload: Payload) -> Words:
    """`照相集 × 2，6 寸打印 × 8`; of a long cart the first lines."""
    lines = [f"{line['name']} × {line['quantity']}" for line in payload["lines"]]
    more = len(lines) > MOST_LINES
    zh, en = "，".join(lines[:MOST_LINES]), ", ".join(lines[:MOST_LINES])
    return Words(f"{zh}，一共 {len(lines)} 样", f"{en}, {len(lines)} kinds in all") if more \
        else Words(zh, en)


def _page(desk: str, payload: Payload) -> str:
    """Where the desk shows the order."""
    return f"{desk}/prices/orders/{payload['ref']}"
