"""Meituan's error codes in our words (meituan.md section 4).

Numbers arrive as text in `code`, in `data.code` of OP_BIZ_ERROR, or as integers: all are read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
    VoucherError,
)

NAME = "meituan"

NOT_FOUND = "1006"
NOT_VERIFIED = "1002"
"""Verification failed; of getconsumed and reverseconsume: there is none to show or reverse."""
PARTLY_VERIFIED = "1004"
ALREADY_VERIFIED = "1008"
CODE_REPLACED = "1141"
"""An earlier verification was taken back and the buyer now holds another code."""

VOUCHER_WORDS: dict[str, tuple[str, str]] = {
    NOT_FOUND: ("voucher_not_found", ""),
    ALREADY_VERIFIED: ("already_redeemed", ""),
    "1009": ("expired", ""),
    "1010": ("refunding", ""),
    "1011": ("refunding", ""),
    "1012": ("wrong_venue", ""),
    "1015": ("not_started", ""),
    "1017": ("not_enough_uses", ""),
    "1018": ("not_enough_uses", ""),
    "1024": ("frozen", ""),
    "1029": ("undo_window_passed", ""),
    CODE_REPLACED: ("voucher_not_found", "code_replaced"),
}
"""Code → word and reason of a VoucherError."""

REFUSED = {
    "1001": "bad_request",
    NOT_VERIFIED: "verification_failed",
    "1003": "out_of_stock",
    "1007": "wrong_password",
    "1013": "duplicate_voucher",
    "1016": "third_party_code",
    "1021": "operator_refused",
    "1022": "operator_refused",
    "1023": "marketing_coupon",
    "OP_SYSTEM_PARAM_ERROR": "bad_request",
    "OP_HTTP_UNSUPPORTED_METHOD_TYPE": "bad_request",
    "OP_HTTP_UNSUPPORTED_CONTENT_TYPE": "bad_request",
    "OP_BIZ_ERROR": "refused",
}
MISCONFIGURED = {
    "608": "token_expired",
    "645": "shop_not_authorised",
    "1014": "shop_not_linked",
    "1019": "account_may_not_verify",
    "1020": "no_shop",
    "OP_API_GRANT_FAILED": "api_not_granted",
    "OP_API_NOT_EXIST": "api_unknown",
    "OP_UNIAUTH_FAILED": "not_authorised",
}
AUTHORISATION = {3: "wrong_sign", 4: "token_expired", 5: "token_invalid", 19: "api_not_granted",
                 22: "authorisation_ended"}
"""`data.code` of OP_UNIAUTH_FAILED."""
BUSY = {
    "1025": "lookup_failed",
    "OP_LIMITATION_REJECT": "rate_limited",
    "OP_LIMITATION_ERROR": "rate_limited",
    "OP_UNIAUTH_REMOTE_ERROR": "gateway_failed",
    "OP_API_GRANT_REMOTE_ERROR": "gateway_failed",
    "OP_CIRCUITBREAK": "platform_down",
    "OP_CIRCUITBREAK_ERROR": "platform_down",
}
"""Said by the gateway before it passes a call on: nothing happened."""
UNKNOWN = {
    PARTLY_VERIFIED: "partly_verified",
    "OP_TIMEOUT": "platform_timeout",
    "OP_SOCKET_TIMEOUT_EXCEPTION": "platform_timeout",
    "OP_REMOTE_ERROR": "platform_failed",
    "OP_RPC_REMOTE_ERROR": "platform_failed",
    "OP_RPC_INVOKE_ERROR": "platform_failed",
    "OP_SYSTEM_ERROR": "platform_failed",
}
"""Said after the call was passed on: it may have happened."""


def refuse(code: str, authorisation: int | None = None, *, message: str = "",
           log_id: str = "") -> NoReturn:
    """Raise our error for one of Meituan's codes.

    A code that no document lists raises PlatformUnknown: it is readable, but what it says about
    the voucher is not.
    """
    if code in VOUCHER_WORDS:
        word, reason = VOUCHER_WORDS[code]
        if word == "refunding" and "已退款" in message:
            word = "refunded"
        raise VoucherError(word, log_id=log_id, platform=NAME, code=code, reason=reason)
    if code == "OP_UNIAUTH_FAILED" and authorisation in AUTHORISATION:
        raise PlatformMisconfigured(NAME, log_id=log_id, code=f"{code} {authorisation}",
                                    reason=AUTHORISATION[authorisation])
    kinds: tuple[tuple[Callable[..., HexiaotaiError], dict[str, str]], ...] = (
        (PlatformRefused, REFUSED), (PlatformMisconfigured, MISCONFIGURED),
        (PlatformBusy, BUSY), (PlatformUnknown, UNKNOWN))
    for kind, reasons in kinds:
        if code in reasons:
            raise kind(NAME, log_id=log_id, code=code, reason=reasons[code], message=message[:80])
    raise PlatformUnknown(NAME, log_id=log_id, code=code[:40], reason="unlisted_code",
                          message=message[:80])
