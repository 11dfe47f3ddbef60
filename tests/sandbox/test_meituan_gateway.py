"""What every Meituan call passes first, in its order (meituan.md 2.1, 4, 8)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, MeituanClient

PREPARE = "/ddzh/tuangou/receipt/prepare"


def test_only_post_of_a_form_is_heard(http: FlaskClient, meituan: MeituanClient) -> None:
    fields = meituan.fields({"receiptCode": "1234567890"})
    got = http.get(PREPARE, query_string=fields)
    assert (got.status_code, got.get_json()["code"]) == (200, "OP_HTTP_UNSUPPORTED_METHOD_TYPE")
    posted = http.post(PREPARE, json=fields).get_json()
    assert posted["code"] == "OP_HTTP_UNSUPPORTED_CONTENT_TYPE"


@pytest.mark.parametrize("name", ["developerId", "businessId", "timestamp", "charset", "version",
                                  "appAuthToken", "sign"])
def test_a_missing_system_parameter_is_named_first(meituan: MeituanClient, name: str) -> None:
    answer = meituan.call(PREPARE, {"receiptCode": "1"}, **{name: None})
    assert (answer["code"], answer["msg"]) == ("OP_SYSTEM_PARAM_ERROR", "缺少系统参数")
    assert answer["traceId"]


def test_a_wrong_signature_is_refused_before_the_token_is_looked_at(
        meituan: MeituanClient) -> None:
    answer = meituan.call(PREPARE, {"receiptCode": "1"}, appAuthToken="nobody", sign="0" * 40)
    assert (answer["code"], answer["data"]["code"]) == ("OP_UNIAUTH_FAILED", 3)


def test_the_signature_covers_the_exact_text_of_biz(
        http: FlaskClient, meituan: MeituanClient) -> None:
    fields = meituan.fields({"receiptCode": "1234567890"})
    fields["biz"] = fields["biz"].replace("1234567890", "1234567891")
    assert http.post(PREPARE, data=fields).get_json()["data"]["code"] == 3


@pytest.mark.parametrize("offset", [-601, 601])
def test_an_old_or_future_timestamp_is_refused(meituan: MeituanClient, offset: int) -> None:
    stamp = str(int(meituan.sandbox.ledger.now()) + offset)
    assert meituan.call(PREPARE, {"receiptCode": "1"},
                        timestamp=stamp)["code"] == "OP_SYSTEM_PARAM_ERROR"


def test_an_unknown_token_and_an_expired_one_differ(
        buyer: Buyer, meituan: MeituanClient) -> None:
    (bought,) = buyer.order("meituan")
    invalid = meituan.call(PREPARE, {"receiptCode": bought["code"]}, appAuthToken="V2-nobody")
    assert (invalid["code"], invalid["data"]["code"]) == ("OP_UNIAUTH_FAILED", 5)
    buyer.clock(30 * 86400 + 1)
    assert meituan.prepare(bought["code"])["data"]["code"] == 4


def test_a_customer_token_opens_no_shop_endpoint(meituan: MeituanClient) -> None:
    token = meituan.world.customer.app_auth_token
    answer = meituan.call(PREPARE, {"receiptCode": "1"}, appAuthToken=token)
    assert answer["data"]["code"] == 5
    wrong_business = meituan.call(PREPARE, {"receiptCode": "1"}, businessId="59")
    assert wrong_business["data"]["code"] == 19


@pytest.mark.parametrize("biz", ["", "[1]", "{", '"text"'])
def test_biz_must_be_a_json_object(meituan: MeituanClient, biz: str) -> None:
    assert meituan.call(PREPARE, {}, biz=biz)["code"] == "1001"
