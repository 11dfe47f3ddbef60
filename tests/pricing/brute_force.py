"""The shop's rules once more, slowly and unit by unit: what the engine is compared with.

Shares nothing with the engine but the values (cart, promotions). Every set of promotions with
at most one of a type is priced; no bound, no ordering trick, fractions instead of integers.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import product as every_choice
from math import floor

from core.pricing.cart import Cart
from core.pricing.kinds import VoucherDiscountType
from core.pricing.promotion import Bundle, Coupon, OnePrice, Promotion, VoucherCode

PRIORITY = {"ONE_PRICE": 120, "BUNDLE": 100, "VOUCHER": 80, "COUPON": 60}

Lines = list[int]


def cheapest(cart: Cart, promotions: Sequence[Promotion],
             at: datetime) -> tuple[int, tuple[tuple[str, int], ...], Lines]:
    """(final fen, (type, id) of what is applied, fen of each line) of the best allowed set."""
    best = None
    for chosen in allowed_sets(promotions):
        priced = price(cart, chosen, at)
        if priced is None:
            continue
        consumed = sum(promotion.type in ("VOUCHER", "COUPON") for promotion in chosen)
        order = tuple((-PRIORITY[one.type], one.id) for one in chosen)
        rank = (sum(priced), consumed, order)
        if best is None or rank < best[0]:
            best = rank, tuple((one.type, one.id) for one in chosen), priced
    assert best is not None
    return best[0][0], best[1], best[2]


def allowed_sets(promotions: Sequence[Promotion]) -> Iterator[list[Promotion]]:
    """At most one of each type, in order of application, nobody's flag against anybody."""
    lanes = [[None, *(one for one in promotions if one.type == kind)] for kind in PRIORITY]
    for pick in every_choice(*lanes):
        chosen = [one for one in pick if one is not None]
        if all(may_stand_beside(one, other)
               for one in chosen for other in chosen if one is not other):
            yield chosen


def may_stand_beside(one: Promotion, other: Promotion) -> bool:
    if isinstance(one, VoucherCode):
        return one.discount_type is not VoucherDiscountType.FREE_ALL
    if isinstance(one, OnePrice):
        return {"COUPON": one.can_use_coupon, "VOUCHER": one.can_use_voucher}.get(other.type, True)
    if isinstance(one, Bundle):
        return {"COUPON": one.can_use_with_coupon, "VOUCHER": one.can_use_with_voucher,
                "ONE_PRICE": one.can_use_with_one_price}.get(other.type, True)
    return True


def price(cart: Cart, chosen: Sequence[Promotion], at: datetime) -> Lines | None:
    """Fen of each line after all of `chosen`; None when one of them would do nothing."""
    lines = [line.unit_price.fen * line.quantity for line in cart.lines]
    for promotion in chosen:
        after = _after(cart, lines, promotion, at)
        if after is None or sum(after) == sum(lines):
            return None
        lines = after
    return lines


def _after(cart: Cart, lines: Lines, promotion: Promotion, at: datetime) -> Lines | None:
    if promotion.starts and at < promotion.starts or promotion.ends and not at < promotion.ends:
        return None
    mine = [index for index, line in enumerate(cart.lines)
            if not promotion.product_types or line.product_type in list(promotion.product_types)]
    spent = sum(lines[index] for index in mine)
    if isinstance(promotion, OnePrice):
        return _spread(lines, mine, max(spent - promotion.price.fen, 0))
    if isinstance(promotion, VoucherCode):
        if promotion.discount_type is VoucherDiscountType.FREE_ALL:
            return [0 for _ in lines]
        if promotion.kept is not None:
            return [_kept(fen, promotion.kept) if index in mine else fen
                    for index, fen in enumerate(lines)]
        return [sum(max(unit - promotion.amount.fen, 0) for unit in units(cart, lines, index))
                if index in mine else fen for index, fen in enumerate(lines)]
    if isinstance(promotion, Coupon):
        if promotion.minimum and spent < promotion.minimum.fen:
            return None
        if promotion.amount is not None:
            return _spread(lines, mine, min(promotion.amount.fen, spent))
        losses = [fen - _kept(fen, promotion.kept) if index in mine else 0
                  for index, fen in enumerate(lines)]
        if promotion.cap is not None and sum(losses) > promotion.cap.fen:
            losses = _largest_remainder(promotion.cap.fen, losses)
        return [fen - loss for fen, loss in zip(lines, losses, strict=True)]
    assert isinstance(promotion, Bundle)
    return _bundle(cart, lines, promotion, mine, spent)


def _bundle(cart: Cart, lines: Lines, bundle: Bundle, mine: list[int], spent: int) -> Lines | None:
    answers = []
    if bundle.min_quantity is not None:
        answers.append(sum(cart.lines[index].quantity for index in mine) >= bundle.min_quantity)
    if bundle.min_types is not None:
        answers.append(len({cart.lines[i].product_type.code for i in mine}) >= bundle.min_types)
    if bundle.min_amount is not None:
        answers.append(spent >= bundle.min_amount.fen)
    if not mine or answers and not (any(answers) if bundle.any_trigger else all(answers)):
        return None
    if not bundle.combination:
        if bundle.kept is not None:
            return [_kept(fen, bundle.kept) if index in mine else fen
                    for index, fen in enumerate(lines)]
        return _spread(lines, mine, min(bundle.amount.fen, spent))
    # Every unit on the table, dearest first; sets are taken off it one by one.
    table = sorted(((fen, index) for index in range(len(lines))
                    for fen in units(cart, lines, index)), key=lambda unit: (-unit[0], unit[1]))
    used = [0] * len(lines)
    saved, sets = 0, 0
    while bundle.max_sets is None or sets < bundle.max_sets:
        one_set: list[tuple[int, int]] = []
        for item in bundle.combination:
            fitting = [unit for unit in table
                       if cart.lines[unit[1]].product_type is item.product_type
                       and item.product_id in (None, cart.lines[unit[1]].product_id)]
            if len(fitting) < item.quantity:
                one_set = []
                break
            one_set += fitting[:item.quantity]
        cost = sum(fen for fen, _ in one_set)
        if not one_set or bundle.discount_type.code == "FIXED_PRICE" and cost <= bundle.amount.fen:
            break
        for unit in one_set:
            table.remove(unit)
            used[unit[1]] += unit[0]
        sets += 1
        if bundle.discount_type.code == "FIXED_PRICE":
            saved += cost - bundle.amount.fen
        elif bundle.discount_type.code == "FIXED_DISCOUNT":
            saved += min(bundle.amount.fen, cost)
    if bundle.kept is not None:
        return [fen - (taken - _kept(taken, bundle.kept))
                for fen, taken in zip(lines, used, strict=True)]
    return [fen - share
            for fen, share in zip(lines, _largest_remainder(saved, used), strict=True)]


def units(cart: Cart, lines: Lines, index: int) -> list[int]:
    """What each unit of a line costs: as even as whole fen allow, earlier ones dearer."""
    left, quantity = lines[index], cart.lines[index].quantity
    shares = []
    for remaining in range(quantity, 0, -1):
        share = -(-left // remaining)
        shares.append(share)
        left -= share
    return shares


def _kept(fen: int, basis_points: int) -> int:
    return floor(Fraction(fen * basis_points, 10_000) + Fraction(1, 2))


def _spread(lines: Lines, mine: list[int], off: int) -> Lines:
    shares = _largest_remainder(off, [fen if index in mine else 0
                                      for index, fen in enumerate(lines)])
    return [fen - share for fen, share in zip(lines, shares, strict=True)]


def _largest_remainder(amount: int, weights: list[int]) -> list[int]:
    if not amount:
        return [0 for _ in weights]
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    shares = [floor(part) for part in exact]
    for _ in range(amount - sum(shares)):
        index = max(range(len(weights)), key=lambda i: (exact[i] - shares[i], -i))
        shares[index] += 1
    return shares
