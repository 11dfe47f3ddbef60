"""What a row of the price tables promises, in the engine's terms: for doors that say it."""

from __future__ import annotations

from typing import Any

from core.pricing.codec import from_row
from core.pricing.promotion import Promotion
from core.store.pricing import offers


def terms(kind: str, row: Any) -> Promotion:
    """The promotion of type `kind` in a row of `Promotions` or `Batches`.

    Raises PromotionUnclear for a row that somebody wrote past our checks.
    """
    return from_row(kind, offers.columns(row))
