"""The seed's flash sale (P200): a new kind of promotion is one file with two classes.

What stands above the tests here is all that such a file needs; in the shop it would be
`core/pricing/flash_sale.py`, and `registry.py` would name its provider.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PricingError
from core.money import Money
from core.pricing.cart import Cart
from core.pricing.engine import quote
from core.pricing.explanation import explain
from core.pricing.kinds import ProductType
from core.pricing.phrases import in_words
from core.pricing.promotion import VOUCHER, Promotion
from core.pricing.provider import Offer, Provider, not_here
from core.pricing.reductions import KeepPercent
from core.pricing.refusals import Refusal
from core.pricing.registry import PROVIDERS, in_order
from tests.pricing.builders import (
    HOUR,
    NOON,
    PHOTOS,
    PRINT,
    RULE_1,
    cart,
    carts,
    code_percent,
    coupon,
    free_all,
    line,
    promotions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashSale(Promotion):
    """So much off certain products for a few hours; not together with codes."""

    type: ClassVar[str] = "LIMITED_TIME"

    kept: int

    def forbidding_flags(self) -> tuple[tuple[str, str], ...]:
        return ((VOUCHER, "flash_sale_without_codes"),)


class FlashSaleProvider(Provider[FlashSale]):
    type: ClassVar[str] = "LIMITED_TIME"
    priority: ClassVar[int] = 90
    consumes: ClassVar[bool] = False

    def detect(self, promotion: FlashSale, cart: Cart, at: datetime) -> Offer | Refusal:
        return not_here(promotion, cart, at) or Offer(promotion, KeepPercent(
            cart.covered(promotion.product_types), promotion.kept, None, len(cart.lines)))


WITH_FLASH = in_order((FlashSaleProvider(), *PROVIDERS))


def sale(kept: int, **more: Any) -> FlashSale:
    return FlashSale(id=1, name="限时抢购", kept=kept, **more)


def test_a_flash_sale_has_its_turn_between_bundle_and_code() -> None:
    assert [provider.priority for provider in WITH_FLASH] == [120, 100, 90, 80, 60]
    answer = quote(cart(line(PHOTOS, 100_00), line(PRINT, 100_00)),
                   [coupon(10_00), sale(5000, product_types=frozenset({PHOTOS})), RULE_1], NOON,
                   WITH_FLASH)
    assert [one.type for one in answer.applied] == ["BUNDLE", "LIMITED_TIME", "COUPON"]
    assert answer.final == Money(125_00)


def test_its_flag_binds_codes_that_never_heard_of_it() -> None:
    shop = [sale(5000), code_percent(9000)]
    answer = quote(cart(line(PHOTOS, 100_00)), shop, NOON, WITH_FLASH)
    assert [one.type for one in answer.applied] == ["LIMITED_TIME"]
    refusal = answer.skipped[0].refusal
    assert (refusal.code, refusal.flag) == ("not_together", "flash_sale_without_codes")


def test_it_ends_on_time_and_says_so() -> None:
    answer = quote(cart(line(PHOTOS, 100_00)), [sale(5000, ends=NOON)], NOON, WITH_FLASH)
    assert answer.final == Money(100_00)
    assert answer.skipped[0].refusal.code == "expired"
    assert in_words(explain(answer)).unused[0].title == "限时抢购"


def test_free_all_forbids_it_too() -> None:
    answer = quote(cart(line(PHOTOS, 100_00)), [sale(5000), free_all()], NOON, WITH_FLASH)
    assert [one.type for one in answer.applied] == ["VOUCHER"]


def test_without_its_provider_it_is_refused_by_name() -> None:
    with pytest.raises(PricingError) as refused:
        quote(cart(line(PHOTOS, 100_00)), [sale(5000)], NOON)
    assert refused.value.word == "unknown_promotion_type"


sales = st.builds(FlashSale, id=st.just(1), kept=st.integers(0, 10_000),
                  product_types=st.frozensets(st.sampled_from(list(ProductType)), max_size=2))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(carts, st.one_of(promotions(), sales), st.data())
def test_every_provider_keeps_the_law_that_the_search_relies_on(
        cart: Cart, promotion: Promotion, data: st.DataObject) -> None:
    """On cheaper lines a promotion never saves more, and it saves what it takes off (P268)."""
    provider = next(one for one in WITH_FLASH if one.type == promotion.type)
    offer = provider.detect(promotion, cart, NOON)
    if isinstance(offer, Refusal):
        return
    full = cart.amounts
    amounts = [data.draw(st.integers(0, fen)) for fen in full]
    at_full_price = offer.saves(full, sum(full))
    for costs in (full, amounts):
        saved = offer.saves(costs, sum(costs))
        if saved:
            after = provider.apply(offer, costs)
            assert sum(costs) - sum(after) == saved
            assert all(0 <= now <= was for was, now in zip(costs, after, strict=True))
        assert 0 <= saved <= at_full_price + offer.reduction.slack
        assert saved <= offer.reduction.bound(sum(costs))


def test_priorities_differ_so_that_the_order_is_never_a_matter_of_names() -> None:
    assert len({provider.priority for provider in PROVIDERS}) == len(PROVIDERS)
    assert len({provider.type for provider in PROVIDERS}) == len(PROVIDERS)
    assert PROVIDERS == in_order(PROVIDERS)


def test_windows_are_half_open() -> None:
    shop = cart(line(PHOTOS, 100_00))
    lasting = coupon(10_00, starts=NOON, ends=NOON + HOUR)
    assert quote(shop, [lasting], NOON).final == Money(90_00)
    assert quote(shop, [lasting], NOON + HOUR).final == Money(100_00)
    early = quote(shop, [lasting], NOON - HOUR).skipped[0].refusal
    assert (early.code, early.at) == ("not_started", NOON)
