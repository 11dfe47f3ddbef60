"""One voucher: by its id, by whatever was typed or scanned, and all that ever happened to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import NotAllowed, NotFound, PlatformUnknown, VoucherError
from core.money import Money
from core.store.tables import Audit, Redemption, SkuMapping, Task, Voucher
from core.store.vouchers import REDEEMED, UNDONE
from core.vouchers.redemption import VoucherStatus
from tests.builders import PHONE, Chain

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@PLATFORMS
def test_an_unknown_code_is_asked_of_its_platform_and_nothing_is_written(
        chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, paid=199, original=299)
    seen = chain.services.vouchers.by_code(bought.code, chain.manager)
    assert (seen.id, seen.platform_code, seen.certificate_id) == (
        None, platform, bought.certificate_id)
    assert (seen.status, seen.product_name, seen.voucher_type) == (
        VoucherStatus.UNUSED, "月卡 30 天", 1)
    assert (seen.paid_price, seen.uses_total, seen.uses_used) == (Money(199_00), 1, 0)
    assert seen.expire_date is not None and "*" in (seen.user_phone or "*")
    assert (seen.history, seen.redemption, seen.created_at) == ((), None, None)
    for table in (Voucher, Redemption, Audit, Task):
        assert chain.rows(table) == []
    assert chain.consumed(bought) == 0


def test_an_unmapped_product_has_its_platforms_title_and_no_type(chain: Chain) -> None:
    seen = chain.services.vouchers.by_code(chain.buy("douyin", "unmapped").code, chain.clerk)
    assert (seen.voucher_type, seen.product_id) == (None, None) and seen.product_name
    assert chain.rows(Task) == [] and all(row.product_id for row in chain.rows(SkuMapping))


@PLATFORMS
def test_a_known_voucher_is_found_by_code_and_by_qr(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, "lessons")
    chain.ask(bought)
    row = chain.rows(Voucher)[0]
    calls = chain.platform_calls()
    for text in (bought.code, f" {bought.code[:4]}-{bought.code[4:]} ", bought.certificate_id):
        assert chain.services.vouchers.by_code(text, chain.clerk).id == row.id
    if platform == "meituan":
        assert chain.platform_calls() == calls
    assert chain.services.vouchers.by_code(bought.qr, chain.clerk).id == row.id


def test_a_code_of_nobody_is_not_found(chain: Chain) -> None:
    with pytest.raises(VoucherError) as refused:
        chain.services.vouchers.by_code("612232529041989", chain.clerk)
    assert refused.value.word == "voucher_not_found"


def test_what_is_no_code_says_why_and_asks_nobody(chain: Chain) -> None:
    calls = chain.platform_calls()
    with pytest.raises(VoucherError) as refused:
        chain.services.vouchers.by_code("wxp://f2f0abc", chain.clerk)
    assert refused.value.word == "payment_code"
    assert chain.platform_calls() == calls


def test_a_platform_without_an_answer_leaves_it_open(chain: Chain) -> None:
    bought = chain.buy()
    chain.fault("meituan", "prepare", "http_500")
    with pytest.raises(PlatformUnknown):
        chain.services.vouchers.by_code(bought.code, chain.clerk)


def test_a_used_code_that_we_never_met_says_so(chain: Chain) -> None:
    used = chain.buy()
    chain.redeem(used)
    with chain.store.connection():
        Voucher.update(voucher_no="gone", certificate_id="gone").execute()
    with pytest.raises(VoucherError) as refused:
        chain.services.vouchers.by_code(used.code, chain.clerk)
    assert refused.value.word == "already_redeemed"


def test_another_venues_voucher_is_not_found(chain: Chain) -> None:
    bought = chain.buy()
    chain.redeem(bought)
    row = chain.rows(Voucher)[0]
    calls = chain.platform_calls()
    with pytest.raises(VoucherError) as refused:
        chain.services.vouchers.by_code(bought.code, chain.western_clerk)
    assert refused.value.word == "voucher_not_found"
    with pytest.raises(NotFound):
        chain.services.vouchers.by_id(row.id, chain.western_clerk)
    assert chain.platform_calls() == calls
    assert chain.services.vouchers.by_id(row.id, chain.owner).id == row.id
    with pytest.raises(NotAllowed):
        chain.services.vouchers.by_id(row.id, chain.kiosk)


def test_managers_see_code_and_phone_whole_and_clerks_masked(chain: Chain) -> None:
    bought = chain.buy()
    chain.redeem(bought)
    whole = chain.services.vouchers.by_code(bought.code, chain.manager)
    assert (whole.voucher_no, whole.user_phone) == (bought.code, PHONE)
    masked = chain.services.vouchers.by_code(bought.code, chain.clerk)
    assert "****" in masked.voucher_no and masked.user_phone == "138****8000"
    assert bought.code not in repr(masked) and PHONE not in repr(masked)
    assert "****" in masked.certificate_id


def test_the_history_says_who_when_where_by_which_door_and_the_platforms_log_id(
        chain: Chain) -> None:
    bought = chain.buy()
    done = chain.redeem(bought)
    chain.services.redeem.undo(done.ref, chain.manager, "拿错了")
    row = chain.rows(Voucher)[0]
    detail = chain.services.vouchers.by_id(row.id, chain.manager)
    redeemed, undone = detail.history
    assert (redeemed.operation_type, undone.operation_type) == (REDEEMED, UNDONE)
    assert redeemed.actor is not None and redeemed.actor.name == "林小满"
    assert undone.actor is not None and undone.actor.name == "梅雪"
    assert (redeemed.door, undone.door, undone.remark) == ("desk", "desk", "拿错了")
    assert redeemed.venue is not None and redeemed.venue.name == "滨江店"
    assert redeemed.redemption == undone.redemption == done.ref == detail.redemption
    assert redeemed.platform_log_id and undone.platform_log_id
    assert chain.clock.now() - redeemed.at < timedelta(minutes=1)
    assert redeemed.result_type == 1 and detail.status is VoucherStatus.UNUSED


def test_who_works_nowhere_asks_no_platform(chain: Chain) -> None:
    bought = chain.buy()
    calls = chain.platform_calls()
    nowhere = type(chain.owner)("staff", chain.owner.id, "desk", None, chain.owner.role)
    with pytest.raises(VoucherError) as refused:
        chain.services.vouchers.by_code(bought.code, nowhere)
    assert refused.value.word == "voucher_not_found"
    assert chain.platform_calls() == calls
