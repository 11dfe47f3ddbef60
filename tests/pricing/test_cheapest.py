"""The engine's answer is the cheapest allowed one, exact to the fen (invariants I5, I6).

PRICING_EXAMPLES=5000 in the environment searches deeper than a usual run.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.money import Money
from core.pricing.cart import Cart
from core.pricing.engine import quote
from core.pricing.promotion import Promotion
from core.pricing.quote import Quote
from tests.bench.bench_pricing import AT, a_case
from tests.pricing.brute_force import cheapest
from tests.pricing.builders import NOON, carts, offered, promotions

many = settings(max_examples=int(os.environ.get("PRICING_EXAMPLES", "120")), deadline=None,
                suppress_health_check=[HealthCheck.too_slow])


def names(answer: Quote) -> tuple[tuple[str, int], ...]:
    return tuple((promotion.type, promotion.id) for promotion in answer.applied)


@many
@given(carts, offered)
def test_the_price_is_that_of_the_cheapest_allowed_set(cart: Cart, ps: list[Promotion]) -> None:
    answer = quote(cart, ps, NOON)
    final, applied, lines = cheapest(cart, ps, NOON)
    assert (answer.final.fen, names(answer)) == (final, applied)
    assert [line.final.fen for line in answer.lines] == lines


@pytest.mark.parametrize("first", range(0, 3000, 500))
def test_the_price_is_the_cheapest_in_thousands_of_busy_shops(first: int) -> None:
    for seed in range(first, first + 500):
        cart, ps = a_case(seed, lines=3, bundles=3, coupons=3, codes=2)
        answer = quote(cart, ps, AT)
        final, applied, lines = cheapest(cart, ps, AT)
        assert (answer.final.fen, names(answer)) == (final, applied), seed
        assert [line.final.fen for line in answer.lines] == lines, seed


@many
@given(carts, offered, st.randoms(use_true_random=False))
def test_the_order_in_which_codes_are_entered_does_not_matter(cart, ps, random) -> None:
    shuffled = [*ps, *ps[:2]]
    random.shuffle(shuffled)
    one, other = quote(cart, shuffled, NOON), quote(cart, ps, NOON)
    assert one == other
    assert one.skipped == other.skipped


@many
@given(carts, offered)
def test_original_less_discounts_is_final_on_cart_lines_and_units(cart, ps) -> None:
    answer = quote(cart, ps, NOON)
    zero = Money.zero()
    assert answer.original - sum((s.discount for s in answer.steps), zero) == answer.final >= zero
    assert answer.final == sum((line.final for line in answer.lines), zero)
    for step in answer.steps:
        assert step.discount == sum(step.per_line, zero) > zero
    for line in answer.lines:
        assert line.original - sum(line.discounts, zero) == line.final >= zero
        assert min([*line.discounts, zero]) == zero
        finals = line.unit_finals()
        assert sum(finals, zero) == line.final
        parts = [line.unit_discounts(step) for step in range(len(answer.steps))]
        for number, final in enumerate(finals):
            off = sum((part[number] for part in parts), zero)
            assert line.line.unit_price - off == final >= zero
            assert all(part[number] >= zero for part in parts)
        assert [sum(part, zero) for part in parts] == list(line.discounts)


@many
@given(carts, offered, promotions())
def test_one_more_promotion_never_raises_the_price(cart, ps, extra) -> None:
    if any((one.type, one.id) == (extra.type, extra.id) for one in ps):
        return
    assert quote(cart, [*ps, extra], NOON).final <= quote(cart, ps, NOON).final


@many
@given(carts, offered)
def test_each_promotion_is_either_applied_or_skipped_with_a_reason(cart, ps) -> None:
    answer = quote(cart, ps, NOON)
    told = [*answer.applied, *(skipped.promotion for skipped in answer.skipped)]
    assert sorted((one.type, one.id) for one in told) == sorted((one.type, one.id) for one in ps)
    assert all(skipped.refusal.code for skipped in answer.skipped)


@many
@given(carts, offered)
def test_what_a_skipped_promotion_would_cost_instead_is_never_less(cart, ps) -> None:
    answer = quote(cart, ps, NOON)
    for skipped in answer.skipped:
        if skipped.refusal.code == "not_cheaper":
            assert skipped.refusal.instead >= answer.final
