"""Quantity tiers (P136–P138)."""

import pytest

from core.errors import PromotionUnclear
from core.money import Money
from core.pricing.tiers import PriceList, Tier


def price_list(*tiers: tuple[int, int | None, int]) -> PriceList:
    return PriceList(Money(100_00), tuple(Tier(first, last, Money(fen))
                                          for first, last, fen in tiers))


@pytest.mark.parametrize(("quantity", "fen"), [
    pytest.param(1, 95_00, id="the first unit of the first tier"),
    pytest.param(10, 95_00, id="the last unit of the first tier"),
    pytest.param(11, 90_00, id="the first unit of the next"),
    pytest.param(20, 90_00, id="the last unit of the next"),
    pytest.param(21, 85_00, id="open end"),
    pytest.param(10_000, 85_00, id="far beyond"),
])
def test_tier_borders_are_inclusive(quantity: int, fen: int) -> None:
    tiers = price_list((21, None, 85_00), (1, 10, 95_00), (11, 20, 90_00))
    assert tiers.unit_price(quantity) == Money(fen)


def test_the_base_price_holds_outside_the_tiers() -> None:
    assert price_list().unit_price(5) == Money(100_00)
    assert price_list((8, None, 12_00)).unit_price(7) == Money(100_00)
    assert price_list((1, 10, 95_00)).unit_price(11) == Money(100_00)


@pytest.mark.parametrize(("tiers", "word"), [
    pytest.param([(1, 10, 1), (12, 20, 1)], "tier_gap", id="11 has no price"),
    pytest.param([(1, 10, 1), (10, 20, 1)], "tier_overlap", id="10 has two prices"),
    pytest.param([(1, None, 1), (10, 20, 1)], "tier_overlap", id="open end in the middle"),
    pytest.param([(1, 10, 1), (1, 10, 2)], "tier_overlap", id="the same tier twice"),
    pytest.param([(10, 1, 1)], "tier_ends_before_it_starts", id="upside down"),
    pytest.param([(0, 10, 1)], "bad_count", id="from nothing"),
    pytest.param([(1, 10, -1)], "negative_amount", id="paying the member"),
])
def test_unclear_tiers_are_refused_when_saved(tiers, word: str) -> None:
    with pytest.raises(PromotionUnclear) as refused:
        price_list(*tiers)
    assert refused.value.word == word
