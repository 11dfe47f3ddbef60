"""Douyin's error codes in our words (douyin.md sections 2 and 7).

A code may stand in `error_code`, in `sub_error_code` or in a code's own `result`: one table
serves all three. 3000001 is "business error": its sub code or its text says which.
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

NAME = "douyin"

ALREADY_VERIFIED = frozenset({1208, 2})
"""`result` of a code that is verified: by this very request earlier, or by somebody else."""
ALREADY_CANCELLED = 1265
NO_LONGER_VALID = 1250
"""The documents give no number for expired or refunded: the certificate's status tells."""
TOKEN_REFUSED = frozenset({2190002, 2190008})
BUSINESS = 3000001
CANCEL_TOO_LATE = 2034000910

VOUCHER_WORDS: dict[int, tuple[str, str]] = {
    1208: ("already_redeemed", ""),
    2: ("already_redeemed", ""),
    1212: ("voucher_not_found", ""),
    1033000519: ("voucher_not_found", ""),
    1263: ("voucher_not_found", ""),
    3100101: ("voucher_not_found", "order"),
    1221: ("unreadable", ""),
    45005117: ("qr_expired", ""),
    NO_LONGER_VALID: ("expired", ""),
    3000002: ("wrong_venue", ""),
    1241: ("not_enough_uses", ""),
    2119006: ("frozen", "being_gifted"),
    2119007: ("frozen", "unpaid"),
    CANCEL_TOO_LATE: ("undo_window_passed", ""),
    ALREADY_CANCELLED: ("not_redeemed", ""),
}
"""Code → word and reason of a VoucherError."""

BUSINESS_TEXTS: tuple[tuple[str, str], ...] = (
    ("二维码参数不合法", "unreadable"),
    ("可撤销时限", "undo_window_passed"),
    ("已退款", "refunded"),
    ("退款中", "refunding"),
    ("已过期", "expired"),
    ("门店", "wrong_venue"),
)
"""Texts of 3000001 about the certificate itself, in the order they are looked for."""

REFUSED = {
    BUSINESS: "refused",
    1502: "bad_request",
    2100005: "bad_request",
    2119001: "bad_request",
    4000001: "bad_request",
    4000002: "query_too_deep",
    200002: "bad_request",
    10002: "bad_request",
}
MISCONFIGURED = {
    2100007: "not_allowed",
    2119005: "not_authorised",
    2119008: "blocked",
    2119010: "api_offline",
    2190002: "token_invalid",
    2190004: "scope_missing",
    2190008: "token_expired",
    3000004: "not_authorised",
    1508: "not_authorised",
    10003: "client_key_wrong",
    10013: "client_secret_wrong",
}
BUSY = {2119003: "rate_limited", 10020: "rate_limited"}
UNKNOWN = {
    2100001: "platform_failed",
    2100004: "platform_failed",
    2119002: "platform_failed",
    5000001: "platform_failed",
    6001001: "platform_failed",
    1229: "under_review",
}
"""Retry, says the platform, without saying what happened. 1229: its risk control looks at the
certificate for up to 48 hours and may then verify it by itself."""


def refuse(code: int, *, sub_code: int = 0, message: str = "", log_id: str = "") -> NoReturn:
    """Raise our error for one of Douyin's codes.

    A code that no document lists raises PlatformUnknown: it is readable, but what it says about
    the certificate is not.
    """
    for number in (sub_code, code):
        if number in VOUCHER_WORDS:
            word, reason = VOUCHER_WORDS[number]
            raise VoucherError(word, log_id=log_id, platform=NAME, code=number, reason=reason)
    message = message[:80]
    if code == BUSINESS:
        _refuse_by_text(message, log_id)
    kinds: tuple[tuple[Callable[..., HexiaotaiError], dict[int, str]], ...] = (
        (PlatformRefused, REFUSED), (PlatformMisconfigured, MISCONFIGURED),
        (PlatformBusy, BUSY), (PlatformUnknown, UNKNOWN))
    for kind, reasons in kinds:
        if code in reasons:
            raise kind(NAME, log_id=log_id, code=code, reason=reasons[code], message=message)
    raise PlatformUnknown(NAME, log_id=log_id, code=code, reason="unlisted_code",
                          message=message)


def _refuse_by_text(message: str, log_id: str) -> None:
    if "verify_token" in message:
        raise PlatformRefused(NAME, log_id=log_id, code=BUSINESS, reason="verify_token_refused",
                              message=message)
    for text, word in BUSINESS_TEXTS:
        if text in message:
            raise VoucherError(word, log_id=log_id, platform=NAME, code=BUSINESS)
