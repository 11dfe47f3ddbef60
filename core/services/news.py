"""What staff are told of a redemption: rows in the outbox, written with the change itself.

Payloads are data; the chat door makes cards and sentences of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.ids import mask_name, mask_phone
from core.services import alarm, trouble
from core.services.actor import Actor
from core.services.choices import WHOLE
from core.services.ticket import task_ticket, ticket
from core.store import outbox, tasks
from core.store.outbox import Recipient
from core.store.tables import Redemption
from core.vouchers.redemption import State

CONFIRM_CARD, CARD_UPDATE, DONE = "confirm_card", "card_update", "redemption_done"
STAFF_CALLED = "staff_called"


def payload(row: Redemption, **more: object) -> dict[str, Any]:
    """What every card about a redemption shows; masked."""
    voucher = row.voucher
    whole = row.choice.get(WHOLE, {})
    return {
        "ref": row.ref, "ticket": ticket(row.id), "state": row.state,
        "platform": row.platform.platform_code, "platform_name": row.platform.platform_name,
        "product_name": voucher.product_name, "code_tail": voucher.code_tail,
        "venue_id": row.venue_id, "venue_name": row.venue.name,
        "member_name": mask_name(row.name), "member_phone": mask_phone(row.phone or ""),
        "choice": row.choice, "paid_fen": whole.get("paid_fen") or (
            voucher.paid_price_fen.fen if voucher.paid_price_fen else 0),
        "uses": whole.get("count", row.uses), "certificates": whole.get("certificates", 1),
        "door": row.door,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "error": row.error, "reason": row.reason, **more,
    }


def ask_staff(row: Redemption, recipients: list[Recipient], at: datetime,
              round_: int = 0) -> None:
    """The card with 确认 and 拒绝. `round_` counts reminders, each of which is a new card."""
    outbox.add(CONFIRM_CARD, f"{row.ref}:{round_}" if round_ else row.ref, recipients,
               payload(row), "redemption", row.id, at)


def update_cards(row: Redemption, at: datetime, *, decided_by: str = "",
                 result: Mapping[str, Any] | None = None) -> None:
    """Everybody who got the card sees what became of it, and by whom."""
    told = [Recipient(**one) for one in row.told]
    outbox.add(CARD_UPDATE, f"{row.ref}:{row.state}", told,
               payload(row, decided_by=decided_by, decided_at=at.isoformat(), result=result,
                       **_given(result)), "redemption", row.id, at)


def tell_late(row: Redemption, at: datetime, result: Mapping[str, Any] | None = None) -> None:
    """Who confirmed was answered 确认中 and now learns how it ended; whoever got the card sees it
    there."""
    if row.confirmed_by is None or row.told:
        return
    outbox.add(DONE, f"{row.ref}:{row.state}", outbox.bindings_of(row.confirmed_by),
               payload(row, result=result, **_given(result)), "redemption", row.id, at)


def _given(result: Mapping[str, Any] | None) -> dict[str, Any]:
    """Something was given, even if the certificate that leads was refused."""
    return {"state": State.COMPLETED.value} if result is not None else {}


def open_task(kind: str, row: Redemption, at: datetime, **facts: object) -> None:
    """Work for a person, with an alert to those who lead the venue; once while it is open."""
    known: dict[str, Any] = {"ref": row.ref, "redemption_ticket": ticket(row.id),
                             "platform": row.platform.platform_code, "state": row.state, **facts}
    trouble.tell(kind, row.ref, venue_id=row.venue_id, subject_kind="redemption",
                 subject_id=row.id, facts=known, at=at)


def call_for_staff(kiosk: Actor, venue_id: int, at: datetime) -> None:
    """Somebody at a kiosk pressed 叫店员; again within a minute tells nobody twice."""
    minute = at.strftime("%Y%m%d%H%M")
    key, facts = f"kiosk:{kiosk.id}:{minute}", {"kiosk": kiosk.name}
    task, fresh = tasks.open_task(STAFF_CALLED, key, venue_id=venue_id, subject_kind="kiosk",
                                  subject_id=kiosk.id, facts=facts, at=at)
    if fresh:
        alarm.sound(STAFF_CALLED, key, venue_id=venue_id, facts=facts, at=at, task_id=task.id,
                    ticket=task_ticket(task.id), to=outbox.staff_of(venue_id))


def close_task(kind: str, row: Redemption, actor: Actor, at: datetime) -> None:
    """The matter settled after all."""
    tasks.close(kind, row.ref, at, closed_by=actor.id if actor.kind == "staff" else None,
                resolution=row.state)
