"""The pricing seed's rules and examples, one row each; 20_00 is twenty yuan."""

import pytest

from core.money import Money
from core.pricing.engine import quote
from tests.pricing.builders import (
    FILM,
    MACHINE,
    NOON,
    PHOTOS,
    PRINT,
    RULE_1,
    RULE_2,
    RULE_3,
    VLOG,
    bundle,
    cart,
    code_percent,
    coupon,
    coupon_percent,
    each_less,
    free_all,
    line,
    one_price,
    together,
)

SEED = [RULE_1, RULE_2, RULE_3]

two_types = [line(PHOTOS, 120_00), line(PRINT, 10_00, 3)]
photos_and_vlog = [line(PHOTOS, 150_00), line(VLOG, 120_00)]
kiosk = [line(PHOTOS, 128_00), line(VLOG, 99_00), line(PRINT, 12_00, 8)]
album = together(199_00, PHOTOS, VLOG)


@pytest.mark.parametrize(("lines", "promotions", "applied", "per_line"), [
    pytest.param(two_types, SEED, ["BUNDLE 1"], [108_00, 27_00],
                 id="P208 two types of product: 9折"),
    pytest.param([line(PHOTOS, 120_00)], SEED, [], [120_00],
                 id="P208 one type only: no discount"),
    pytest.param([line(PRINT, 15_00, 10)], SEED, ["BUNDLE 2"], [100_00],
                 id="P209 ten pieces: 50 off"),
    pytest.param([line(PRINT, 15_00, 9)], SEED, [], [135_00],
                 id="P209 nine pieces for less than 500: nothing"),
    pytest.param([line(PHOTOS, 250_00, 2)], SEED, ["BUNDLE 2"], [450_00],
                 id="P209 two pieces for 500: 50 off"),
    pytest.param([line(PHOTOS, 249_99, 2)], SEED, [], [499_98],
                 id="P209 two pieces for 499.98: nothing"),
    pytest.param(photos_and_vlog, SEED, ["BUNDLE 3"], [110_56, 88_44],
                 id="P210 photo set and Vlog: 199"),
    pytest.param([line(PHOTOS, 110_00), line(VLOG, 100_00)], SEED, ["BUNDLE 1"], [99_00, 90_00],
                 id="P210 not applied where 9折 is cheaper"),
    pytest.param([line(PHOTOS, 100_00), line(VLOG, 90_00)], [RULE_3], [], [100_00, 90_00],
                 id="P204 a set price above the sum does nothing"),
    pytest.param([line(PHOTOS, 100_00), line(VLOG, 99_00)], [RULE_3], [], [100_00, 99_00],
                 id="P204 a set price equal to the sum does nothing"),
    pytest.param([*photos_and_vlog, line(PRINT, 10_00)], [RULE_3], ["BUNDLE 3"],
                 [110_56, 88_44, 10_00], id="P210 other units keep their price"),
    pytest.param([line(PHOTOS, 150_00, 3), line(VLOG, 120_00, 2)], [RULE_3], ["BUNDLE 3"],
                 [371_11, 176_89], id="P210 two complete sets, the third photo set full price"),
    pytest.param([line(PHOTOS, 150_00), line(PHOTOS, 180_00, product_id="big"),
                  line(VLOG, 120_00)], [RULE_3], ["BUNDLE 3"], [150_00, 119_40, 79_60],
                 id="P210 a set is made of the dearest units"),
    pytest.param(photos_and_vlog, [RULE_3, coupon(80_00)], ["COUPON 1"], [105_56, 84_44],
                 id="P210 stacks with nothing: a better coupon wins alone"),
    pytest.param(two_types, [RULE_1, code_percent(8500), coupon(20_00, 100_00)],
                 ["BUNDLE 1", "VOUCHER 1", "COUPON 1"], [75_80, 18_95],
                 id="P198 bundle, then code, then coupon"),
    pytest.param(two_types, [one_price(99_00), RULE_1, coupon(20_00)], ["ONE_PRICE 1"],
                 [79_20, 19_80], id="P188 one price stacks with nothing by default"),
    pytest.param(two_types, [one_price(99_00, can_use_coupon=True), RULE_1, coupon(20_00)],
                 ["ONE_PRICE 1", "COUPON 1"], [63_20, 15_80],
                 id="P188 one price that allows coupons"),
    pytest.param(two_types, [one_price(99_00, can_use_voucher=True), code_percent(5000)],
                 ["ONE_PRICE 1", "VOUCHER 1"], [39_60, 9_90],
                 id="P188 one price that allows codes"),
    pytest.param(two_types, [one_price(150_00)], [], [120_00, 30_00],
                 id="P187 one price equal to the sum does nothing"),
    pytest.param(two_types, [one_price(160_00)], [], [120_00, 30_00],
                 id="P187 one price above the sum does nothing"),
    pytest.param(two_types, [one_price(90_00), bundle("PERCENTAGE_DISCOUNT", 5000, min_types=2)],
                 ["BUNDLE 1"], [60_00, 15_00],
                 id="Q3 the bundle forbids one price, and is cheaper than it"),
    pytest.param(two_types, [one_price(90_00), bundle("PERCENTAGE_DISCOUNT", 5000, min_types=2,
                                                      can_use_with_one_price=True)],
                 ["ONE_PRICE 1", "BUNDLE 1"], [36_00, 9_00],
                 id="Q3 the bundle allows one price: both"),
    pytest.param(kiosk, [album, code_percent(8500), coupon(20_00, 200_00),
                         coupon(40_00, 300_00, id=2), one_price(299_00)],
                 ["BUNDLE 1", "VOUCHER 1", "COUPON 1"], [87_77, 67_89, 75_09],
                 id="the kiosk of the mock-up: 230.75"),
    pytest.param(two_types, [free_all(), RULE_1, coupon(100_00), one_price(1_00)],
                 ["VOUCHER 1"], [0, 0], id="P195 FREE_ALL with everything else stands alone"),
    pytest.param(two_types, [free_all(id=2), code_percent(5000, id=1)], ["VOUCHER 2"], [0, 0],
                 id="P199 FREE_ALL beats another code"),
    pytest.param(two_types, [free_all(), one_price(0)], ["ONE_PRICE 1"], [0, 0],
                 id="Q3 free without a code: the code is not consumed"),
    pytest.param(two_types, [free_all(), coupon_percent(0)], ["VOUCHER 1"], [0, 0],
                 id="Q3 one consumed either way: FREE_ALL has the higher priority"),
    pytest.param([line(PHOTOS, 50_00, 2), line(PRINT, 3_00, 4)], [each_less(5_00)], ["VOUCHER 1"],
                 [90_00, 0], id="P145 off each unit, none below zero"),
    pytest.param([line(PHOTOS, 50_00, 2), line(PRINT, 3_00, 4)],
                 [each_less(5_00, product_types=frozenset({PHOTOS}))], ["VOUCHER 1"],
                 [90_00, 12_00], id="P145 off each unit of the code's types"),
    pytest.param([line(PHOTOS, 33_33), line(VLOG, 33_33)], [code_percent(5000)], ["VOUCHER 1"],
                 [16_67, 16_67], id="P146 half a fen up, once per line"),
    pytest.param([line(PRINT, 33_33, 2)], [code_percent(5000)], ["VOUCHER 1"], [33_33],
                 id="P146 a line rounds once, not once per unit"),
    pytest.param([line(PHOTOS, 200_00), line(PRINT, 100_00)],
                 [coupon_percent(5000, cap=30_00)], ["COUPON 1"], [180_00, 90_00],
                 id="P123 the cap shared in proportion"),
    pytest.param([line(PHOTOS, 200_00)], [coupon(40_00, 200_00)], ["COUPON 1"], [160_00],
                 id="P122 exactly the minimum is enough"),
    pytest.param([line(PHOTOS, 199_99)], [coupon(40_00, 200_00)], [], [199_99],
                 id="P122 a fen below the minimum is not"),
    pytest.param([line(PHOTOS, 200_00)], [coupon(40_00, 200_00), code_percent(9000)],
                 ["COUPON 1"], [160_00],
                 id="P122 minimum after earlier discounts: cheaper without the code"),
    pytest.param([line(PHOTOS, 150_00), line(PRINT, 100_00)],
                 [coupon(40_00, 200_00, product_types=frozenset({PHOTOS}))], [], [150_00, 100_00],
                 id="P121 the minimum counts only what the coupon covers"),
    pytest.param([line(FILM, 10_00), line(MACHINE, 90_00)],
                 [coupon(40_00, product_types=frozenset({FILM}))], ["COUPON 1"], [0, 90_00],
                 id="P117 more off than its line costs: the line is free, no more"),
    pytest.param(two_types, [coupon(20_00, id=9), coupon(20_00, id=4)], ["COUPON 4"],
                 [104_00, 26_00], id="Q3 equal coupons: the lower id"),
    pytest.param(two_types, [coupon_percent(10_000), code_percent(10_000)], [],
                 [120_00, 30_00], id="0 % off is never applied nor consumed"),
    pytest.param(two_types, [code_percent(0)], ["VOUCHER 1"], [0, 0], id="100 % off"),
    pytest.param(two_types, [bundle("FIXED_DISCOUNT", 999_00, min_types=2), coupon(5_00)],
                 ["BUNDLE 1"], [0, 0], id="more off than the cart costs; no coupon wasted on 0"),
    pytest.param(two_types, [code_percent(8000), code_percent(8000)], ["VOUCHER 1"],
                 [96_00, 24_00], id="the same code twice counts once"),
    pytest.param(two_types, [code_percent(9000, id=1), code_percent(8000, id=2)],
                 ["VOUCHER 2"], [96_00, 24_00], id="P194 the best of two codes, one is used"),
    pytest.param([], [RULE_1, free_all(), coupon(5_00)], [], [], id="an empty cart"),
    pytest.param([line(PHOTOS, 0)], [free_all(), coupon(5_00)], [], [0],
                 id="a gift: nothing to take off, nothing consumed"),
    pytest.param([line(PHOTOS, 100_00), line(VLOG, 100_00)],
                 [bundle("PERCENTAGE_DISCOUNT", 5000, min_quantity=1,
                         product_types=frozenset({PHOTOS})),
                  bundle("PERCENTAGE_DISCOUNT", 9000, id=2, min_types=2),
                  coupon_percent(6000, product_types=frozenset({VLOG}))],
                 ["BUNDLE 1", "COUPON 1"], [50_00, 60_00],
                 id="a fixed order would give 180; the cheapest set gives 110"),
    pytest.param([line(PHOTOS, 100_00)],
                 [bundle("PERCENTAGE_DISCOUNT", 7000, min_quantity=1), coupon(40_00)],
                 ["BUNDLE 1", "COUPON 1"], [30_00], id="percentage first, then the amount"),
])
def test_the_price_of(lines, promotions, applied, per_line) -> None:
    answer = quote(cart(*lines), promotions, NOON)
    assert [f"{one.type} {one.id}" for one in answer.applied] == applied
    assert [one.final.fen for one in answer.lines] == per_line
    assert answer.final == Money(sum(per_line))


def test_ten_thousand_units_are_priced_to_the_fen() -> None:
    answer = quote(cart(line(PRINT, 9_99, 10_000), line(PHOTOS, 100_00, 10_000)),
                   [together(100_00, PHOTOS, PRINT), code_percent(9999)], NOON)
    assert answer.original == Money(1_099_900_00)
    assert answer.final == Money(999_900_00)
    assert len(answer.lines[0].unit_finals()) == 10_000
    assert sum(one.fen for one in answer.lines[0].unit_finals()) == answer.lines[0].final.fen
