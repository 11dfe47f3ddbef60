"""What a scanned or pasted text turned out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEITUAN = "meituan"
DOUYIN = "douyin"
OWN = "own"
MANUAL = "manual"


class Form(StrEnum):
    """How a candidate is presented to whoever issued it."""

    CODE = "code"
    """Plain digits, as a cashier types them."""
    ENCRYPTED_DATA = "encrypted_data"
    """Douyin's `object_id`, percent-decoded exactly once (douyin.md 3.1)."""
    SHORT_LINK = "short_link"
    """Must be followed to its `object_id` first: `core/platforms/shortlink.py`."""
    OWN_CODE = "own_code"
    """A code of one of our own batches, without blanks."""
    PASS = "pass"
    """A member's rotating pass, without its prefix."""


class Reason(StrEnum):
    """Why a text is no voucher. Every word has a sentence at the doors."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_A_CODE = "not_a_code"
    WRONG_LENGTH = "wrong_length"
    """Only digits, but no platform has codes of so many. Facts: `digits`."""
    PAYMENT_CODE = "payment_code"
    """Money could be taken with it. Facts: `kind`."""
    PHONE_NUMBER = "phone_number"
    ID_CARD = "id_card"
    ORDER_NUMBER = "order_number"
    PRODUCT_BARCODE = "product_barcode"
    MASKED_CODE = "masked_code"
    """Copied from a slip or page that hides the middle."""
    SEVERAL_CODES = "several_codes"
    """Facts: `count` and the masked `codes`."""
    OWN_CODE_TYPO = "own_code_typo"
    OTHER_QR = "other_qr"
    """A contact, a Wi-Fi login, a message. Facts: `kind`."""
    OTHER_SHOP_LINK = "other_shop_link"
    """Facts: `host`."""
    NO_CODE_IN_LINK = "no_code_in_link"
    """A page of the platform, but not the page of a voucher."""
    OWN_LINK = "own_link"
    """A page of ours, meant for a phone."""
    PRIVATE_LINK = "private_link"
    UNSAFE_LINK = "unsafe_link"
    WRONG_PLATFORM = "wrong_platform"
    """The caller chose one platform, the code belongs to another. Facts: `platforms`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing the text may be. The value stays out of `repr`, hence out of logs (I8)."""

    platform: str
    form: Form
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One code. Two candidates mean that its shape fits two platforms: ask both (read-only).

    `shown` is masked and may be shown and logged.
    """

    candidates: tuple[Candidate, ...]
    shown: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No code, and why. `facts` hold JSON values and never a whole code, phone or number."""

    reason: Reason
    facts: Mapping[str, object] = field(default_factory=dict)
