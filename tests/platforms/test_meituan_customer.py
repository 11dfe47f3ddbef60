"""Only Meituan: payment shares and the authorisation of shops and customers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from core.errors import PlatformMisconfigured
from core.money import Money
from core.platforms.meituan_customer import MeituanCustomer
from core.platforms.meituan_gateway import sign
from tests.platforms.stage import Stage

SHOP, CUSTOMER = "58", "59"


@pytest.mark.parametrize("times", [False, True], ids=["ordinary", "times card"])
def test_the_verified_amount_of_each_coupon_is_told(meituan: Stage, times: bool) -> None:
    source = meituan.order_source()
    assert isinstance(source, MeituanCustomer)
    bought = (meituan.buy_one("times_card", paid=100, uses=4) if times
              else meituan.buy_one(paid=199))
    order_id = meituan.ledger(bought)["order_id"]
    assert source.verified_amounts(meituan.merchant, order_id, times_card=times) == {}
    meituan.platform.consume(meituan.intent(bought), meituan.shop)
    assert source.verified_amounts(meituan.merchant, order_id, times_card=times) == {
        bought.code: Money(25_00 if times else 199_00)}


def test_a_merchant_authorises_and_the_shop_works(meituan: Stage) -> None:
    authorisation = meituan.authorisation()
    page = authorisation.page(SHOP, "state-1")
    fields = dict(parse_qsl(urlsplit(page).query))
    assert fields["sign"] == sign(fields, meituan.world.meituan.sign_key)
    answer = requests.get(f"{page}&choose={meituan.world.meituan.shops[0].op_biz_code}",
                          timeout=10, allow_redirects=False)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["state-1"]
    grant = authorisation.exchange(back["code"][0], SHOP)
    assert grant.op_biz_code == back["opBizCode"][0]
    now = meituan.clock.now()
    assert abs(grant.expires_at - now - timedelta(days=30)) < timedelta(minutes=1)
    assert abs(grant.refresh_expires_at - now - timedelta(days=35)) < timedelta(minutes=1)
    assert grant.access_token not in repr(grant)
    with pytest.raises(PlatformMisconfigured) as caught:
        authorisation.exchange(back["code"][0], SHOP)
    assert caught.value.facts["reason"] == "authorisation_refused"


def test_a_refresh_replaces_both_tokens(meituan: Stage) -> None:
    customer = meituan.world.meituan.customer
    authorisation = meituan.authorisation()
    first = authorisation.refresh(customer.refresh_token, CUSTOMER)
    second = authorisation.refresh(first.refresh_token, CUSTOMER)
    assert len({customer.app_auth_token, first.access_token, second.access_token}) == 3
    with pytest.raises(PlatformMisconfigured):
        authorisation.refresh("V2-never-issued", CUSTOMER)
