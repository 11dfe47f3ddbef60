"""What staff are told of an order that waits for its money at the counter: rows in the outbox,
written with the change itself.

Payloads are data, masked; `counter_cards` makes cards and sentences of them. Who was told is read
from the outbox.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.ids import mask_name, mask_phone
from core.services.actor import Actor
from core.services.ticket import order_number
from core.store import catalogue, deliveries, outbox, people
from core.store.outbox import Recipient
from core.store.pricing import orders
from core.store.pricing.orders import Order
from core.store.tables import PriceOrder

COUNTER_CARD, COUNTER_UPDATE = "counter_card", "counter_update"
SUBJECT = "order"
MOST_CARDS, WITHIN = 5, timedelta(minutes=10)
"""So many orders of one member within that time are told; a chat drops what is too much without a
word, other people's cards too. The desk lists them all."""


def waits(order: Order, at: datetime) -> bool:
    """Those who work at the venue learn what to collect; whether there is anybody to tell. An
    order of which units were given back before it was paid costs less: that is a card anew."""
    row = order.row
    told = [] if _too_many(row, at) else outbox.staff_of(row.scenic_id)
    if told:
        outbox.add(COUNTER_CARD, f"{row.order_no}:{row.refunds}" if row.refunds else row.order_no,
                   told, _payload(order), SUBJECT, row.id, at)
    return bool(told)


def _too_many(row: PriceOrder, at: datetime) -> bool:
    """A kiosk's buyers stand before it, one at a time; a phone's may be a program."""
    return row.actor_kind == "member" and row.user_id is not None and \
        orders.made_since(row.user_id, at - WITHIN) > MOST_CARDS


def over(row: PriceOrder, state: str, actor: Actor, at: datetime) -> bool:
    """Everybody who got the card sees what became of the order, and by whom; whether anybody
    did."""
    cards = deliveries.about(COUNTER_CARD, SUBJECT, row.id)
    told = {(card.channel, card.recipient): Recipient(
        int(card.payload["staff_id"]), "", card.channel, card.recipient) for card in cards}
    if cards:
        outbox.add(COUNTER_UPDATE, f"{row.order_no}:{state}", list(told.values()),
                   {**cards[-1].payload, "state": state, "decided_kind": actor.kind,
                    "decided_by": actor.name if actor.kind == "staff" else "",
                    "decided_at": at.isoformat()}, SUBJECT, row.id, at)
    return bool(cards)


def _payload(order: Order) -> dict[str, Any]:
    row = order.row
    (venue,) = catalogue.venues([row.scenic_id])
    member = people.by_id(row.user_id) if row.user_id is not None else None
    return {
        "ref": row.order_no, "number": order_number(row.order_no), "state": row.state,
        "venue_id": row.scenic_id, "venue_name": venue.name,
        "door": row.door, "due_fen": (row.final_fen - row.refunded_fen).fen,
        "member_name": mask_name(member.name) if member else "",
        "member_phone": mask_phone(member.phone or "") if member else "",
        "lines": [{"name": line.product_name, "quantity": line.quantity - line.refunded_quantity}
                  for line in order.lines if line.quantity > line.refunded_quantity],
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }
