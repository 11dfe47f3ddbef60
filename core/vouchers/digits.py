"""What a number is, by its length and its own check digits.

Platform codes: Meituan 10 digits in the recorded answers (meituan.md section 5), 11 and 12 are
accepted because the length is nowhere promised; Douyin 15, and 12 in older samples
(douyin.md 3.1). Twelve digits fit both.
"""

from __future__ import annotations

from datetime import date

from core.ids import PHONE, clean_phone, mask_code, mask_phone
from core.vouchers.reading import (
    DOUYIN,
    MEITUAN,
    Candidate,
    Form,
    Reading,
    Reason,
    Unreadable,
)

PLATFORMS_BY_LENGTH = {10: (MEITUAN,), 11: (MEITUAN,), 12: (MEITUAN, DOUYIN), 15: (DOUYIN,)}

_FED_UNITS = (10, 11, 12, 15, 18)
_FEWEST_DIGITS_OF_A_CODE = 6
_OVERLAP = 5


def fed_once(digits: str) -> str:
    """The number that a gun typed several times in a row, once.

    Only where one copy has a length of its own meaning: 1111111111 is one code of ten digits.

    >>> fed_once("12345678901234567890")
    '1234567890'
    """
    for length in _FED_UNITS:
        times, rest = divmod(len(digits), length)
        if times > 1 and not rest and digits == digits[:length] * times:
            return digits[:length]
    return digits


def reading(digits: str) -> Reading | None:
    """A platform's code, by length alone; phone numbers are not codes. None: neither."""
    if len(digits) == 11 and PHONE.fullmatch(digits):
        return None
    platforms = PLATFORMS_BY_LENGTH.get(len(digits), ())
    if not platforms:
        return None
    candidates = tuple(Candidate(name, Form.CODE, digits) for name in platforms)
    return Reading(candidates, mask_code(digits))


def explain(digits: str) -> Unreadable:
    """Why a number that is no platform code was scanned nevertheless."""
    length = len(digits)
    phone = clean_phone(digits)
    if phone:
        return Unreadable(Reason.PHONE_NUMBER, {"phone": mask_phone(phone)})
    if is_id_card(digits):
        return Unreadable(Reason.ID_CARD)
    kind = payment_kind(digits)
    if kind:
        return Unreadable(Reason.PAYMENT_CODE, {"kind": kind})
    if _is_cut_feed(digits):
        return Unreadable(Reason.UNREADABLE)
    if length in (19, 24):
        return Unreadable(Reason.ORDER_NUMBER, {"shown": mask_code(digits)})
    if length == 13 and has_retail_check_digit(digits):
        return Unreadable(Reason.PRODUCT_BARCODE)
    if _FEWEST_DIGITS_OF_A_CODE <= length < 18:
        return Unreadable(Reason.WRONG_LENGTH, {"digits": length})
    return Unreadable(Reason.NOT_A_CODE, {"digits": length})


def _is_cut_feed(digits: str) -> bool:
    """Whether a gun typed a code twice and lost the end: scanning once more will do."""
    overlaps = ((len(digits) - length, length) for length in PLATFORMS_BY_LENGTH)
    return any(
        overlap >= _OVERLAP and digits[length:] == digits[:overlap]
        for overlap, length in overlaps
    )


def payment_kind(digits: str) -> str | None:
    """The wallet whose payer's code this is: scanning it could take money.

    WeChat 18 digits from 10 to 15, Alipay 16 to 24 digits from 25 to 30, UnionPay 19 from 62.
    """
    length = len(digits)
    if length == 18 and 10 <= int(digits[:2]) <= 15:
        return "wechat"
    if 16 <= length <= 24 and 25 <= int(digits[:2]) <= 30:
        return "alipay"
    if length == 19 and digits.startswith("62"):
        return "unionpay"
    return None


def is_id_card(text: str) -> bool:
    """A mainland identity number: birth date and check character (GB 11643) are right.

    Asked before payment codes: a Beijing number begins like a WeChat payment code.
    """
    if len(text) != 18 or not text[:17].isdigit():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    remainder = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(text[:17])) % 11
    return born.year >= 1880 and "10X98765432"[remainder] == text[17]


def has_retail_check_digit(digits: str) -> bool:
    """The check digit of a product's EAN-13: weights 1 and 3 from the right.

    Shorter and longer retail numbers are not looked for: one mistyped voucher code in ten would
    pass as one.
    """
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return weighted % 10 == 0
