"""A refund after use whose push was lost: the next sweep sees it, not the hourly run."""

from __future__ import annotations

from datetime import timedelta

from core.store.tables import Entitlement, SyncedOrder, Voucher
from core.vouchers.redemption import VoucherStatus
from tests.builders import Bought, Chain
from tests.services.sync.stage import refund, sync, voucher

LOG = "/ddzh/tuangou/receipt/querylistbydate"


def used_five_days_ago(chain: Chain) -> Bought:
    """Paid for so long ago that no sweep lists its order; used here a while later."""
    bought = chain.buy("meituan")
    sync(chain)
    chain.pass_time(timedelta(days=2))
    assert chain.redeem(bought).state.value == "completed"
    sync(chain)
    chain.pass_time(timedelta(days=5))
    sync(chain, "sweep")
    assert voucher(chain, bought).status == VoucherStatus.REDEEMED
    return bought


def test_the_next_sweep_freezes_what_was_paid_back_after_use(chain: Chain) -> None:
    bought = used_five_days_ago(chain)
    refund(chain, bought)
    chain.pass_time(timedelta(minutes=15))
    sync(chain, "sweep")
    assert voucher(chain, bought).status == VoucherStatus.REFUNDED
    assert {one.status for one in chain.rows(Entitlement)} == {"frozen"}
    assert not chain.rows(SyncedOrder, SyncedOrder.check_at.is_null(False))


def test_a_history_that_cannot_be_read_does_not_hold_up_the_sweep(chain: Chain) -> None:
    bought = used_five_days_ago(chain)
    refund(chain, bought)
    late = chain.buy("meituan")
    chain.control("faults", {"platform": "meituan", "endpoint": LOG, "mode": "http_500"})
    sync(chain, "sweep")
    assert voucher(chain, late).status == VoucherStatus.UNUSED
    chain.behave()
    chain.pass_time(timedelta(minutes=15))
    sync(chain, "sweep")
    assert voucher(chain, bought).status == VoucherStatus.REFUNDED


def test_what_is_known_already_is_not_asked_again(chain: Chain) -> None:
    bought = used_five_days_ago(chain)
    refund(chain, bought)
    sync(chain, "sweep")
    before = chain.rows(Voucher)[0].updated_at
    chain.pass_time(timedelta(minutes=15))
    assert "0 orders" in sync(chain, "sweep").split("douyin")[0]
    assert chain.rows(Voucher)[0].updated_at == before
