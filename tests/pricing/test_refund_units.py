"""Refunds of single units, in any order and portions, sum to what was paid (invariant I5)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import PricingError
from core.money import Money
from core.pricing.engine import quote
from core.pricing.refunds import PaidLine, paid_lines, refund
from tests.pricing.builders import NOON, carts, offered


@settings(max_examples=80, deadline=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(carts, offered, st.data())
def test_refunds_in_any_order_sum_to_what_was_paid(cart, ps, data) -> None:
    answer = quote(cart, ps, NOON)
    lines = paid_lines(answer)
    returned = Money.zero()
    while any(line.left for line in lines):
        units = [data.draw(st.integers(0, line.left)) for line in lines]
        step = refund(lines, units)
        assert step.total >= Money.zero()
        returned, lines = returned + step.total, step.lines
    assert returned == answer.final
    assert refund(lines, [0] * len(lines)).completes


@given(st.integers(0, 10**9), st.integers(1, 60))
def test_single_units_are_worth_their_share_of_the_line(paid: int, quantity: int) -> None:
    line = PaidLine(quantity, Money(paid))
    shares = [PaidLine(quantity, Money(paid), number).worth(1).fen for number in range(quantity)]
    assert sum(shares) == paid == line.worth(quantity).fen
    assert max(shares) - min(shares) <= 1


def test_no_more_units_come_back_than_were_bought() -> None:
    line = PaidLine(3, Money(100), refunded=2)
    assert line.worth(1) == Money(33)
    with pytest.raises(PricingError) as refused:
        line.worth(2)
    assert (refused.value.word, refused.value.facts) == ("refund_too_many", {"left": 1})
    with pytest.raises(PricingError):
        line.worth(-1)
