"""One explanation of a price for member, clerk and auditor: codes and facts, no sentences.

Sentences in Chinese and English are made from these notes by `phrases.py`; `as_data` is what an
order keeps for the auditor, so all three read the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any

from core.money import Money
from core.pricing.kinds import BundleDiscountType, ProductType
from core.pricing.promotion import Bundle, Coupon, OnePrice, Promotion, VoucherCode
from core.pricing.quote import Quote, Step
from core.pricing.refusals import Refusal

Fact = Money | datetime | int | str | tuple[ProductType, ...] | None


@dataclass(frozen=True, slots=True)
class Named:
    """A promotion as people know it: its own name, and what it offers in a code and facts."""

    type: str
    id: int
    name: str
    offer: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One applied promotion: `off` is taken from `before`. `covered`: what it covers cost then,
    and `minimum` what that had to be, if anything."""

    promotion: Named
    before: Money
    off: Money
    after: Money
    covered: Money
    discounted: bool
    minimum: Money | None


@dataclass(frozen=True, slots=True)
class Note:
    """One promotion that was not applied: the refusal's code and facts."""

    promotion: Named
    code: str
    facts: Mapping[str, Fact]
    other: Named | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The waterfall from original to final, then what was not used and why."""

    original: Money
    rows: tuple[Row, ...]
    final: Money
    saved: Money
    notes: tuple[Note, ...]


def explain(quote: Quote) -> Explanation:
    """Everything that there is to say about a quote."""
    rows = tuple(_row(quote, number, step) for number, step in enumerate(quote.steps))
    notes = []
    for skipped in quote.skipped:
        facts: dict[str, Fact] = {}
        other = None
        for name in _facts_of(type(skipped.refusal)):  # type: ignore[arg-type]  # classes hash
            value = getattr(skipped.refusal, name)
            if name == "other":
                other = None if value is None else named(value)
            elif name == "flag_of":
                facts[name] = f"{value.type}:{value.id}"
            else:
                facts[name] = value
        notes.append(Note(named(skipped.promotion), skipped.refusal.code, facts, other))
    return Explanation(quote.original, rows, quote.final, quote.discount, tuple(notes))


@cache
def _facts_of(kind: type[Refusal]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def named(promotion: Promotion) -> Named:
    """What a promotion is called and what it offers."""
    offer = "other"
    facts: dict[str, Fact] = {}
    if isinstance(promotion, OnePrice):
        offer, facts = "one_price", {"amount": promotion.price}
    elif isinstance(promotion, Bundle):
        offer, facts = _bundle(promotion)
    elif isinstance(promotion, VoucherCode):
        if promotion.stands_alone:
            offer = "code_free_all"
        elif promotion.kept is not None:
            offer, facts = "code_percent", {"kept": promotion.kept}
        else:
            offer, facts = "code_each_less", {"amount": promotion.amount}
    elif isinstance(promotion, Coupon):
        offer, facts = _coupon(promotion)
    return Named(promotion.type, promotion.id, promotion.name, offer, facts)


def _bundle(bundle: Bundle) -> tuple[str, dict[str, Fact]]:
    where = "set" if bundle.combination else "together"
    if bundle.kept is not None:
        return f"{where}_percent", {"kept": bundle.kept}
    if bundle.discount_type is BundleDiscountType.FIXED_PRICE:
        return "set_price", {"amount": bundle.amount}
    return f"{where}_less", {"amount": bundle.amount}


def _coupon(coupon: Coupon) -> tuple[str, dict[str, Fact]]:
    facts: dict[str, Fact] = {}
    offer = "coupon"
    if coupon.minimum:
        offer, facts["minimum"] = "coupon_from", coupon.minimum
    if coupon.kept is None:
        return f"{offer}_less", {**facts, "amount": coupon.amount}
    facts["kept"] = coupon.kept
    if coupon.cap is None:
        return f"{offer}_percent", facts
    return f"{offer}_percent_capped", {**facts, "cap": coupon.cap}


def _row(quote: Quote, number: int, step: Step) -> Row:
    promotion = step.promotion
    mine = [line for line in quote.lines if not promotion.product_types
            or line.line.product_type in promotion.product_types]
    full = sum(line.original.fen for line in mine)
    gone = sum(amount.fen for line in mine for amount in line.discounts[:number])
    minimum = promotion.minimum if isinstance(promotion, Coupon) else None
    return Row(named(promotion), step.before, step.discount, step.after, Money(full - gone),
               gone > 0, minimum or None)


def as_data(explanation: Explanation) -> dict[str, Any]:
    """JSON-ready: amounts in fen under `…_fen`, instants in ISO, types as their codes."""
    plain = _plain(explanation)
    assert isinstance(plain, dict), "an Explanation has fields"
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Explanation | Row | Note | Named):
        return _keyed({one.name: getattr(value, one.name) for one in fields(value)})
    if isinstance(value, Mapping):
        return _keyed(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, ProductType):
        return value.code
    return value.isoformat() if isinstance(value, datetime) else value


def _keyed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name + "_fen" if isinstance(value, Money) else name: _plain(value)
            for name, value in values.items()}
