"""Ending a redemption that never went to the platform: rejected, withdrawn, expired.

Runs inside a transaction. The seat is free again and the certificate is as it was.
"""

from __future__ import annotations

from datetime import datetime

from core.services import member_news, news
from core.services.actor import SYSTEM, Actor
from core.services.outcome import status_by_uses
from core.store import audit, entitlements, redemptions, vouchers
from core.store.tables import Redemption
from core.vouchers.redemption import WAITING, State


def close_waiting(row: Redemption, to: State, actor: Actor, at: datetime, *,
                  reason: str = "") -> None:
    """Move a waiting row (loaded with its voucher) to its end, with those that go along, and undo
    its holds."""
    was = row.state
    redemptions.move(row, to, at, reason=reason[:200])
    entitlements.release_seat(row.id)
    vouchers.change(row.voucher_id, at,
                    status=int(status_by_uses(row.voucher.uses_used, row.voucher)))
    audit.add(actor, f"redemption.{to.value}", "redemption", row.id, at, venue_id=row.venue_id,
              from_state=was, to_state=to.value, reason=reason)
    for other in redemptions.along(row, hold=True):
        redemptions.move(other, to, at, reason=reason[:200])
        vouchers.change(other.voucher_id, at,
                        status=int(status_by_uses(other.voucher.uses_used, other.voucher)))
        audit.add(actor, f"redemption.{to.value}", "redemption", other.id, at,
                  venue_id=row.venue_id, from_state=was, to_state=to.value, reason=reason,
                  along=row.ref)
    news.update_cards(row, at, decided_by=actor.name if actor.kind == "staff" else "")
    if to is not State.WITHDRAWN:
        member_news.tell_ending(row, at)


def is_overdue(row: Redemption, at: datetime) -> bool:
    """Whether nobody confirmed in time."""
    return row.state in WAITING and row.expires_at is not None and row.expires_at <= at


def close_overdue(row: Redemption, at: datetime) -> bool:
    """Expire a waiting row whose time is over; False when it is not. It is loaded anew."""
    if not is_overdue(row, at):
        return False
    fresh = redemptions.by_id(row.id)
    if fresh is None or not is_overdue(fresh, at):
        return False
    close_waiting(fresh, State.EXPIRED, SYSTEM, at)
    return True
