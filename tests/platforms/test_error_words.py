"""Every code that a platform's documents list means something to us."""

from __future__ import annotations

import pytest

from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
    VoucherError,
)
from core.platforms import douyin_errors, meituan_errors

MEITUAN_LISTED = """
    608 645 1001 1002 1003 1004 1006 1007 1008 1009 1010 1011 1012 1013 1014 1015 1016 1017 1018
    1019 1020 1021 1022 1023 1024 1025 1029 1141
    OP_SYSTEM_PARAM_ERROR OP_HTTP_UNSUPPORTED_METHOD_TYPE OP_HTTP_UNSUPPORTED_CONTENT_TYPE
    OP_UNIAUTH_FAILED OP_API_GRANT_FAILED OP_API_NOT_EXIST OP_BIZ_ERROR OP_LIMITATION_REJECT
    OP_LIMITATION_ERROR OP_TIMEOUT OP_SOCKET_TIMEOUT_EXCEPTION OP_UNIAUTH_REMOTE_ERROR
    OP_API_GRANT_REMOTE_ERROR OP_CIRCUITBREAK OP_CIRCUITBREAK_ERROR OP_REMOTE_ERROR
    OP_RPC_REMOTE_ERROR OP_RPC_INVOKE_ERROR OP_SYSTEM_ERROR
""".split()
"""meituan.md section 4."""
DOUYIN_LISTED = [
    10002, 10003, 10013, 10020, 2100001, 2100004, 2100005, 2100007, 2119001, 2119002, 2119003,
    2119005, 2119006, 2119007, 2119008, 2119010, 2190002, 2190004, 2190008, 3000001, 3000002,
    3000004, 5000001, 6001001, 1212, 1033000519, 1263, 1221, 1502, 45005117, 1250, 1208, 2,
    1265, 1241, 1229, 1508, 3100101, 4000001, 4000002, 200002]
"""douyin.md sections 2 and 7."""


def meituan(code: str, authorisation: int | None = None, message: str = "") -> HexiaotaiError:
    with pytest.raises(HexiaotaiError) as caught:
        meituan_errors.refuse(code, authorisation, message=message, log_id="T-1")
    return caught.value


def douyin(code: int, sub_code: int = 0, message: str = "") -> HexiaotaiError:
    with pytest.raises(HexiaotaiError) as caught:
        douyin_errors.refuse(code, sub_code=sub_code, message=message, log_id="L-1")
    return caught.value


@pytest.mark.parametrize("code", MEITUAN_LISTED)
def test_no_listed_meituan_code_is_left_over(code: str) -> None:
    error = meituan(code)
    assert error.facts.get("reason") != "unlisted_code"
    assert getattr(error, "log_id", "") == "T-1"


@pytest.mark.parametrize("code", DOUYIN_LISTED)
def test_no_listed_douyin_code_is_left_over(code: int) -> None:
    error = douyin(code)
    assert error.facts.get("reason") != "unlisted_code"
    assert getattr(error, "log_id", "") == "L-1"


def test_an_unlisted_code_is_unknown() -> None:
    for error in (meituan("1005"), meituan("OP_NEW"), douyin(99)):
        assert isinstance(error, PlatformUnknown)
        assert error.facts["reason"] == "unlisted_code"


@pytest.mark.parametrize(("code", "word"), [
    ("1006", "voucher_not_found"), ("1008", "already_redeemed"), ("1009", "expired"),
    ("1010", "refunding"), ("1012", "wrong_venue"), ("1015", "not_started"),
    ("1017", "not_enough_uses"), ("1024", "frozen"), ("1029", "undo_window_passed"),
])
def test_what_meituan_says_of_a_voucher(code: str, word: str) -> None:
    error = meituan(code)
    assert isinstance(error, VoucherError)
    assert error.word == word


@pytest.mark.parametrize(("code", "kind"), [
    ("OP_LIMITATION_REJECT", PlatformBusy), ("OP_CIRCUITBREAK", PlatformBusy),
    ("OP_TIMEOUT", PlatformUnknown), ("OP_SYSTEM_ERROR", PlatformUnknown),
    ("1004", PlatformUnknown), ("OP_API_GRANT_FAILED", PlatformMisconfigured),
    ("OP_SYSTEM_PARAM_ERROR", PlatformRefused),
])
def test_what_meituan_says_of_itself(code: str, kind: type[HexiaotaiError]) -> None:
    assert type(meituan(code)) is kind


@pytest.mark.parametrize(("number", "reason"), [
    (3, "wrong_sign"), (4, "token_expired"), (5, "token_invalid"), (19, "api_not_granted"),
    (22, "authorisation_ended"), (99, "not_authorised"), (None, "not_authorised"),
])
def test_why_meituan_does_not_trust_us(number: int | None, reason: str) -> None:
    error = meituan("OP_UNIAUTH_FAILED", number)
    assert isinstance(error, PlatformMisconfigured)
    assert error.facts["reason"] == reason


@pytest.mark.parametrize(("code", "word"), [
    (1212, "voucher_not_found"), (1208, "already_redeemed"), (2, "already_redeemed"),
    (3000002, "wrong_venue"), (1241, "not_enough_uses"), (45005117, "qr_expired"),
    (2119006, "frozen"), (1265, "not_redeemed"),
])
def test_what_douyin_says_of_a_voucher(code: int, word: str) -> None:
    error = douyin(code)
    assert isinstance(error, VoucherError)
    assert error.word == word


@pytest.mark.parametrize(("message", "sub_code", "word"), [
    ("二维码参数不合法", 0, "unreadable"),
    ("已超过可撤销时限,无法撤销核销", 2034000910, "undo_window_passed"),
    ("已超过可撤销时限,无法撤销核销", 0, "undo_window_passed"),
    ("", 2034000910, "undo_window_passed"),
    ("券已退款，无法撤销核销", 0, "refunded"),
])
def test_douyins_business_error_is_told_by_its_text(message: str, sub_code: int,
                                                    word: str) -> None:
    error = douyin(3000001, sub_code, message)
    assert isinstance(error, VoucherError)
    assert error.word == word


@pytest.mark.parametrize(("code", "kind"), [
    (2119003, PlatformBusy), (10020, PlatformBusy), (2190002, PlatformMisconfigured),
    (2190008, PlatformMisconfigured), (2119005, PlatformMisconfigured),
    (2100004, PlatformUnknown), (5000001, PlatformUnknown), (1229, PlatformUnknown),
    (3000001, PlatformRefused), (2100005, PlatformRefused),
])
def test_what_douyin_says_of_itself(code: int, kind: type[HexiaotaiError]) -> None:
    assert type(douyin(code)) is kind
