"""Every error the product raises on purpose.

    HexiaotaiError
    ├── InvalidInput            the request itself is wrong (422)
    ├── NotSignedIn             no or unknown credential (401)
    ├── NotAllowed              known, but may not (403)
    ├── NotFound                404
    ├── Conflict                the state of things forbids it (409)
    ├── TooManyRequests         429, `retry_after` seconds
    ├── VoucherError            a certificate cannot be redeemed, and why (409 unless listed)
    ├── PricingError            a price, coupon or own code cannot be used, and why
    │   └── PromotionUnclear    a promotion nobody could explain: refused when it is saved
    └── PlatformError           Meituan, Douyin or WeChat did not do what we asked
        ├── PlatformRefused     it answered "no"; asking again changes nothing
        ├── PlatformBusy        it answered "later"; nothing happened, try again
        ├── PlatformUnknown     no (readable) answer: it may have happened (invariant I3)
        └── PlatformMisconfigured  our credentials or authorisation are wrong; staff must act

Each error has a stable `code` (a word, never shown to members) and `facts` (JSON values).
Sentences are made at the doors: `core/api/errors.py` and `bot/phrases.py`.
"""

from __future__ import annotations

from typing import ClassVar


class HexiaotaiError(Exception):
    """Base of all. `code` is the class's word unless one is given; `facts` feed the sentence."""

    code: ClassVar[str] = "error"

    def __init__(self, word: str | None = None, **facts: object) -> None:
        self.word = word or self.code
        self.facts = facts
        super().__init__(self.word)


class InvalidInput(HexiaotaiError):
    code = "invalid_input"


class NotSignedIn(HexiaotaiError):
    code = "not_signed_in"


class NotAllowed(HexiaotaiError):
    code = "not_allowed"


class NotFound(HexiaotaiError):
    code = "not_found"


class Conflict(HexiaotaiError):
    code = "conflict"


class TooManyRequests(HexiaotaiError):
    """`facts["retry_after"]`: seconds to wait."""

    code = "too_many_requests"


class VoucherError(HexiaotaiError):
    """Words in use: voucher_not_found, unreadable, payment_code, already_redeemed, expired,
    not_started, refunded, refunding, wrong_venue, unmapped_sku, frozen, in_progress,
    platform_disabled, own_code_typo, not_enough_uses, class_full, class_started,
    nothing_to_renew, phone_needed, undo_window_passed, entitlement_used, not_redeemed,
    whole_verification_only, not_consumed, qr_expired. `log_id`: the platform's, where a platform
    said it; no fact, for staff only."""

    code = "voucher_error"

    def __init__(self, word: str | None = None, *, log_id: str = "", **facts: object) -> None:
        super().__init__(word, **facts)
        self.log_id = log_id


class PricingError(HexiaotaiError):
    code = "price_calculation_error"


class PromotionUnclear(PricingError):
    """`facts["field"]` names what to change. Words in use are in `core/pricing/promotion.py`,
    `tiers.py` and `codec.py`, beside the rule each stands for."""

    code = "promotion_unclear"


class PlatformError(HexiaotaiError):
    """`platform` names who; `log_id` is theirs, for a support call; `facts` carry their code."""

    code = "platform_error"

    def __init__(self, platform: str, word: str | None = None, *, log_id: str = "",
                 **facts: object) -> None:
        super().__init__(word, **facts)
        self.platform = platform
        self.log_id = log_id


class PlatformRefused(PlatformError):
    code = "platform_refused"


class PlatformBusy(PlatformError):
    code = "platform_busy"


class PlatformUnknown(PlatformError):
    code = "platform_unknown"


class PlatformMisconfigured(PlatformError):
    code = "platform_misconfigured"
