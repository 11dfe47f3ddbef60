"""How the desk says what a promotion gives, when it holds and for which products."""

from __future__ import annotations

from typing import Any

from core.clock import DEFAULT_ZONE, business_day
from core.errors import PromotionUnclear
from core.pricing.codec import product_types
from core.pricing.explanation import named
from core.pricing.kinds import ProductType
from core.pricing.phrases import CHINESE, ENGLISH, offer
from core.services.pricing.terms import terms
from core.services.staff_words import Words
from core.vouchers.validity import Window, words
from kiosk.desk.state import actor, services
from kiosk.desk.words import language, say, tell

TYPES = {
    ProductType.PHOTO_SET: Words("照相集", "Photo set"),
    ProductType.VLOG_VIDEO: Words("Vlog 视频", "Vlog video"),
    ProductType.RECORDING_SET: Words("录像集", "Recording set"),
    ProductType.PHOTO_PRINT: Words("照片打印", "Photo print"),
    ProductType.MACHINE_PRINT: Words("一体机打印", "Machine print"),
}
"""What a photo shop sells, in the order in which it is shown."""


def spoken() -> int:
    """The reader's language, as `core.pricing.phrases` counts them."""
    return ENGLISH if language() == "en" else CHINESE


def type_name(code: str) -> str:
    """`照相集`; a code that nobody knows stands for itself."""
    return next((tell(said) for kind, said in TYPES.items() if kind.code == code), code)


def type_names(text: str) -> str:
    """The types in a column; `所有商品` for none."""
    try:
        found = product_types(text)
    except PromotionUnclear:
        return text
    names = [tell(said) for kind, said in TYPES.items() if kind in found]
    return say("、", ", ").join(names) or say("所有商品", "everything")


def product_name(row: Any) -> str:
    """A product's own name, or its type's."""
    return row.product_name or type_name(row.product_type)


def gives(kind: str, row: Any) -> str:
    """`满 200 减 20`; says so when a row cannot be read."""
    try:
        return offer(named(terms(kind, row)), spoken())
    except PromotionUnclear:
        return say("写得不清楚，没有算进价格", "Not clear; left out of all prices")


def holds(row: Any) -> str:
    """`到 2026-12-24`"""
    return words(Window(row.starts, row.ends), services().clock.now(), language())


def is_on(row: Any) -> bool:
    """Switched on, and not over."""
    return bool(row.status == 1 and (row.ends is None or row.ends > services().clock.now()))


def first_day(row: Any) -> str:
    """The first day, as a date field wants it."""
    return business_day(row.starts).isoformat() if row is not None and row.starts else ""


def last_day(row: Any) -> str:
    """The last good day, as a date field wants it."""
    last = Window(ends=row.ends).last_day(DEFAULT_ZONE) if row is not None else None
    return last.isoformat() if last else ""


def where(scenic_id: int) -> str:
    """The venue's name; 0 is every venue."""
    if not scenic_id:
        return say("所有门店", "every venue")
    return next((place.name for place in services().workplace.places(actor())
                 if place.id == scenic_id), f"#{scenic_id}")


FILTERS = {each.__name__: each for each in (
    type_name, type_names, product_name, holds, is_on, first_day, last_day, where)}
