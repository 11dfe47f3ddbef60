"""Compares our tables with the platforms' ledger after the dust has settled."""

from __future__ import annotations

from dataclasses import dataclass

from core.config import Settings
from core.store.db import open_store
from core.store.tables import Entitlement, Redemption, RedemptionUse, Voucher
from core.store.vault import KeyVault
from core.vouchers.redemption import GRANTED, OPEN, UNDO_UNSETTLED, State
from tests.running import RunningShop


@dataclass(frozen=True)
class Books:
    """One certificate in our tables: its redemptions by state, and what stands."""

    states: list[State]
    standing_uses: int
    standing_entitlements: int
    still_open: int


def ours(settings: Settings, certificate_id: str, code: str) -> Books:
    """Read our tables as they are on disk."""
    store = open_store(settings.database_url,
                       KeyVault(settings.data_key, settings.secret_keys))
    with store.connection():
        vouchers = [row.id for row in Voucher.select().where(
            Voucher.certificate_id.in_([certificate_id, code])
            | Voucher.voucher_no.in_([certificate_id, code]))]
        rows = list(Redemption.select().where(Redemption.voucher.in_(vouchers)))
        ids = [row.id for row in rows]
        uses = RedemptionUse.select().where(
            RedemptionUse.redemption.in_(ids) & RedemptionUse.cancelled_at.is_null()).count()
        granted = Entitlement.select().where(
            Entitlement.redemption.in_(ids) & (Entitlement.status != "taken_back")).count()
    store.close()
    return Books([State(row.state) for row in rows], uses, granted,
                 sum(row.open_key is not None for row in rows))


def unsettled(books: Books) -> bool:
    """Whether the doctor still has work with this certificate."""
    return any(state in UNDO_UNSETTLED or (state in OPEN and state not in (
        State.REQUESTED, State.AWAITING_STAFF)) for state in books.states)


def must_agree(shop: RunningShop, settings: Settings, bought: dict[str, str]) -> Books:
    """I1 and I2: what the platform says is consumed is granted, once, and nothing else is."""
    books = ours(settings, bought["certificate_id"], bought["code"])
    there = shop.ledger(bought["certificate_id"])
    live = sum(1 for use in there["consumed"] if use["live"])
    assert live <= there["uses"], there
    assert books.standing_uses == live, (books, there)
    assert books.standing_entitlements == sum(state in GRANTED for state in books.states), books
    assert (books.standing_entitlements > 0) == (live > 0), (books, there)
    return books
