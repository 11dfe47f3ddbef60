"""The published samples of both platforms' signatures (meituan.md 2.2, douyin.md 6)."""

from __future__ import annotations

from datetime import date

import pytest

from core.clock import FixedClock, day_starts
from core.platforms import douyin_gateway, meituan_gateway, meituan_polaris
from core.platforms.meituan_gateway import is_signed, sign

PREPARE = {"developerId": "100000", "businessId": "58", "timestamp": "1704164645",
           "charset": "UTF-8", "version": "2", "appAuthToken": "demo-token",
           "biz": '{"receiptCode":"1234567890"}'}
CONSUME = PREPARE | {"biz": (
    '{"receiptCode":"1234567890","count":1,"requestId":"req-0001",'
    '"appShopAccount":"clerk01","appShopAccountName":"前台小王"}')}
CALLBACK = {"msgType": "5910003", "developerId": "123456", "businessId": "59",
            "msgId": "callback-1", "timestamp": "1711592316", "message": '{"productId":1000}'}
EXCHANGE = {"developerId": "100000", "businessId": "58", "timestamp": "1704164645",
            "charset": "UTF-8", "code": "demo-code", "grantType": "authorization_code"}


@pytest.mark.parametrize(("key", "fields", "expected"), [
    pytest.param("key", {"a": "1", "b": "2", "empty": "", "sign": "ignored"},
                 "ac5aa52849092395d08bc91a1707ee1ef8af2631", id="B1"),
    pytest.param("test-sign-key", CALLBACK, "19e3e56e35030ae84f85122cdf5d73f5283bbef7", id="B2"),
    pytest.param("demo-sign-key", PREPARE, "a03a5371883b71886bc0f1b7f0a36292cfbd8324", id="B3"),
    pytest.param("demo-sign-key", CONSUME, "50682c8ebd10776c4e4ee227831f6e6c54cd6e3c", id="B4"),
    pytest.param("demo-sign-key", EXCHANGE, "4609b72e30cc3b11e803fa604d65ed3189e2c6fe", id="B5"),
])
def test_meituan_signs_as_published(key: str, fields: dict[str, str], expected: str) -> None:
    assert sign(fields, key) == expected


def test_a_true_meituan_callback_is_told_from_a_forged_one() -> None:
    signed = CALLBACK | {"sign": "19e3e56e35030ae84f85122cdf5d73f5283bbef7"}
    assert is_signed(signed, "test-sign-key")
    assert not is_signed(signed | {"msgId": "callback-2"}, "test-sign-key")
    assert not is_signed(signed, "other-key")
    assert not is_signed(CALLBACK, "test-sign-key")
    assert not is_signed(CALLBACK | {"sign": "签名"}, "test-sign-key")


def test_a_zero_is_signed_and_an_empty_field_is_not_sent() -> None:
    clock = FixedClock(day_starts(date(2024, 1, 2)))
    gateway = meituan_gateway.Gateway(None, "100000", "k", clock)  # type: ignore[arg-type]  # sends nothing
    fields = gateway.signed({"businessId": "58", "offset": "0", "scope": ""})
    assert "scope" not in fields
    assert sign(fields | {"offset": ""}, "k") != fields["sign"] == sign(fields, "k")


POLARIS = {"app_key": "demo-app-key", "format": "json", "receipt_code": "1234567890",
           "open_shop_uuid": "0123456789abcdef0123456789abcdef", "session": "demo-session",
           "sign_method": "MD5", "timestamp": "2024-01-02 03:04:05", "v": "1"}
BY_A_CLERK = {"app_shop_account": "clerk01", "app_shop_accountname": "前台小王", "count": "1",
              "requestid": "req-0001"}


@pytest.mark.parametrize(("secret", "fields", "expected"), [
    pytest.param("", {"app_id": "test001", "timestamp": "2017-11-13 14:44:00"},
                 "277094cded19065755c9021dd36b0554", id="A1"),
    pytest.param("aaaa111222aaa", {
        "appkey": "as3d4fas4s", "session": "aus3hdyrb46gsh2321dee5", "v": "1", "method": "md5",
        "timestamp": "2018-09-04 10:44:33", "shop_id": "12224"},
        "0a99288b0358ae31871118aedf2b980f", id="A2"),
    pytest.param("demo-app-secret", POLARIS, "16e89b1c17ee3068fa6446e4acdc6162", id="A3"),
    pytest.param("demo-app-secret", POLARIS | BY_A_CLERK,
                 "112771a9d5acb066d533769ac6e9bf8f", id="A4"),
])
def test_meituans_older_platform_signs_as_published(secret: str, fields: dict[str, str],
                                                    expected: str) -> None:
    assert meituan_polaris.sign(fields | {"session_note": "", "sign": "ignored"},
                                secret) == expected


CHALLENGE = b'{"event":"verify_webhook","client_key":"abc","content":{"challenge":12345}}'
VERIFIED = (
    b'{"event":"life_trade_certificate_notify","client_key":"awtestclientkey01",'
    b'"from_user_id":"_000testuser","content":"{\\"action\\":\\"verify\\",'
    b'\\"msg_time\\":1679914989,\\"certificate\\":{\\"certificate_id\\":'
    b'\\"7212557509230723106\\",\\"order_id\\":\\"8000007678483824642\\",\\"account_id\\":'
    b'\\"7126518681177163816\\"}}","log_id":"20230327190308EA6D9C39D1F3650CAC89",'
    b'"msg_id":"13cedde5b8decd82f5c2267a60edd7ad"}')
SECRET = "test_client_secret_0001"


@pytest.mark.parametrize(("body", "size", "expected"), [
    pytest.param(CHALLENGE, 75, "248a29d4a66d63385baacd7c12b90d62cc2002ae", id="1"),
    pytest.param(VERIFIED, 391, "b081f87b06d6b5ffad7007f05287a4d188d84d21", id="2"),
])
def test_douyin_signs_as_published(body: bytes, size: int, expected: str) -> None:
    assert len(body) == size
    assert douyin_gateway.webhook_signature(SECRET, body) == expected
    assert douyin_gateway.is_signed(SECRET, body, expected)
    assert not douyin_gateway.is_signed(SECRET, body + b" ", expected)
    assert not douyin_gateway.is_signed(SECRET, body, "")
    assert not douyin_gateway.is_signed(SECRET, body, "签名")
