"""Price engine figures of design section 8. Run: python -m tests.bench.bench_pricing

Prints microseconds of `quote` (allocation to lines included) beside the targets, of many random
carts and of carts made to be awkward; and the same with every skipped promotion's reason.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from statistics import median
from time import perf_counter_ns

from core.money import Money
from core.pricing.cart import Cart, CartLine
from core.pricing.engine import quote
from core.pricing.kinds import BundleDiscountType, CouponType, ProductType, VoucherDiscountType
from core.pricing.promotion import (
    Bundle,
    BundleItem,
    Coupon,
    OnePrice,
    Promotion,
    VoucherCode,
)

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
KINDS = list(ProductType)
Case = tuple[Cart, list[Promotion]]


def a_cart(random: Random, lines: int) -> Cart:
    return Cart(tuple(
        CartLine(random.choice(KINDS), f"p{number}", random.randint(1, 8),
                 Money(random.randint(8_00, 160_00)))
        for number in range(lines)))


def types(random: Random) -> frozenset[ProductType]:
    return frozenset(random.sample(KINDS, random.choice((0, 0, 0, 1, 2))))


def a_bundle(random: Random, id: int) -> Bundle:
    flags = {name: random.random() < 0.8
             for name in ("can_use_with_coupon", "can_use_with_voucher")}
    shape = random.randrange(4)
    if shape == 0:
        return Bundle(id=id, discount_type=BundleDiscountType.PERCENTAGE_DISCOUNT,
                      kept=random.randint(85, 95) * 100, min_types=random.randint(1, 4), **flags)
    if shape == 1:
        return Bundle(id=id, discount_type=BundleDiscountType.FIXED_DISCOUNT,
                      amount=Money(random.randint(10, 60) * 100), any_trigger=True,
                      min_quantity=random.randint(2, 20), min_amount=Money(500_00), **flags)
    pair = tuple(BundleItem(kind) for kind in random.sample(KINDS, 2))
    if shape == 2:
        return Bundle(id=id, discount_type=BundleDiscountType.FIXED_PRICE, combination=pair,
                      amount=Money(random.randint(40, 200) * 100), **flags)
    return Bundle(id=id, discount_type=BundleDiscountType.PERCENTAGE_DISCOUNT, combination=pair,
                  kept=random.randint(75, 95) * 100, **flags)


def a_code(random: Random, id: int) -> VoucherCode:
    if random.random() < 0.5:
        return VoucherCode(id=id, discount_type=VoucherDiscountType.DISCOUNT,
                           kept=random.randint(80, 97) * 100, product_types=types(random))
    return VoucherCode(id=id, discount_type=VoucherDiscountType.REDUCE_PRICE,
                       amount=Money(random.randint(1, 10) * 100), product_types=types(random))


def a_coupon(random: Random, id: int, total: int) -> Coupon:
    if random.random() < 0.5:
        return Coupon(id=id, coupon_type=CouponType.PERCENTAGE, kept=random.randint(80, 97) * 100,
                      cap=Money(random.randint(10, 80) * 100), product_types=types(random),
                      minimum=Money(random.randint(0, total)))
    return Coupon(id=id, coupon_type=CouponType.FIXED_AMOUNT, product_types=types(random),
                  amount=Money(random.randint(5, 60) * 100),
                  minimum=Money(random.randint(0, total)))


def a_case(seed: int, lines: int, bundles: int, coupons: int, codes: int) -> Case:
    """A random cart of a busy shop. One of the `bundles` promotions is a one-price."""
    random = Random(seed)
    cart = a_cart(random, lines)
    total = cart.total.fen
    promotions: list[Promotion] = [
        OnePrice(id=1, price=Money(int(total * random.uniform(0.7, 1.1))),
                 can_use_coupon=random.random() < 0.5, can_use_voucher=random.random() < 0.5)]
    promotions += [a_bundle(random, id) for id in range(1, bundles)]
    promotions += [a_code(random, id) for id in range(codes)]
    promotions += [a_coupon(random, id, total) for id in range(coupons)]
    return cart, promotions


def awkward(seed: int, lines: int) -> Case:
    """Twenty near-equal bundles, ten codes, thirty coupons with minimums just out of reach."""
    random = Random(seed)
    cart = a_cart(random, lines)
    total = cart.total.fen
    promotions: list[Promotion] = [
        Bundle(id=id, discount_type=BundleDiscountType.FIXED_DISCOUNT, min_quantity=1,
               amount=Money(total // 10 + id)) for id in range(20)]
    promotions += [VoucherCode(id=id, discount_type=VoucherDiscountType.DISCOUNT,
                               kept=9000 + id) for id in range(10)]
    promotions += [Coupon(id=id, coupon_type=CouponType.PERCENTAGE, kept=9000 - id,
                          minimum=Money(total * 81 // 100 - id)) for id in range(30)]
    return cart, promotions


def timed(case: Case, repeat: int, reasons: bool) -> float:
    """Median microseconds of one quote."""
    cart, promotions = case
    spent = []
    for _ in range(repeat):
        fresh = Cart(cart.lines)  # as a request has it: nothing remembered about its lines
        started = perf_counter_ns()
        answer = quote(fresh, promotions, AT)
        if reasons:
            answer.skipped  # noqa: B018 - a property that works
        spent.append(perf_counter_ns() - started)
    return median(spent) / 1000


def report(name: str, target: float, cases: list[Case], repeat: int) -> None:
    for suffix, reasons in (("", False), (", and why not the others", True)):
        figures = sorted(timed(case, repeat, reasons) for case in cases)
        print(f"{name + suffix:<70}{median(figures):>8.0f}"
              f"{figures[len(figures) * 95 // 100]:>8.0f}{figures[-1]:>8.0f}"
              f"{'' if reasons else target:>9}")


def main() -> None:
    title = "microseconds a quote, each row over many carts"
    print(f"{title:<70}{'median':>8}{'p95':>8}{'worst':>8}{'target':>9}")
    report("5 lines, 4 promotions, 10 coupons, 3 codes", 150,
           [a_case(seed, 5, 4, 10, 3) for seed in range(100)], 30)
    report("20 lines, 20 bundles, 30 coupons, 10 codes", 5000,
           [a_case(seed, 20, 21, 30, 10) for seed in range(100)], 5)
    report("the same, near-equal, minimums just missed", 5000,
           [awkward(seed, 20) for seed in range(20)], 5)


if __name__ == "__main__":
    main()
