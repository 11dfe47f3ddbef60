"""Words for kinds of vouchers, in both languages: the same on pages, in files and in chat."""

from __future__ import annotations

from core.services.staff_words import Words

TYPES = {
    0: Words("还没对应", "not mapped"),
    1: Words("会员卡", "membership card"),
    2: Words("私教课", "private lessons"),
    3: Words("团课", "group class"),
}
DATE_FIELDS = {
    "created": Words("购买日", "bought"),
    "verified": Words("核销日", "redeemed"),
    "expire": Words("到期日", "expires"),
}


def voucher_type(kind: int | None, language: str) -> str:
    """`会员卡`; empty where the type is not known."""
    return TYPES[kind].in_(language) if kind in TYPES else ""
