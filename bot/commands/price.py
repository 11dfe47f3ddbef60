"""试算: what a cart costs at this venue, and why; sells nothing and uses no code up."""

from __future__ import annotations

import re

from bot.incoming import Reply, Say, lines
from bot.phrases import say_why
from bot.router import command
from core.errors import InvalidInput
from core.pricing import phrases
from core.pricing.explanation import explain
from core.pricing.kinds import ProductType
from core.services.actor import Role
from core.services.pricing.price import Priced, PriceRequest, RefusedCode, Wanted
from core.services.staff_words import Words

_PART = re.compile(r"[,，、;；+\n]+")
_CODE = re.compile(r"(?:券码|码|券|code)\s*[:：]?\s*(\S+)", re.IGNORECASE)
_GOODS = re.compile(r"(.+?)\s*(?:[x×*]\s*)?(\d{1,4})?\s*(?:张|个|份|套|件|本)?", re.IGNORECASE)
EXAMPLE = ("试算 照片打印 3，码 ABCD2345", "price 照片打印 3, code ABCD2345")


@command("试算", "算价", "price", "quote", role=Role.CLERK, takes_text=True, usage=EXAMPLE,
         english="Price a cart, change nothing")
def price_cart(say: Say) -> Reply:
    """算一车东西多少钱，不下单"""
    sold = {name: wanted for name, wanted in _sold(say)}
    if not say.text:
        return Reply(lines(Words(f"比如：{EXAMPLE[0]}", f"For example: {EXAMPLE[1]}"),
                           Words("这里卖：" + "、".join(sold), "On sale: " + ", ".join(sold))))
    codes: list[str] = []
    cart: list[Wanted] = []
    for part in filter(None, (each.strip() for each in _PART.split(say.text))):
        if code := _CODE.fullmatch(part):
            codes.append(code[1])
            continue
        named = _GOODS.fullmatch(part)
        if named is None:
            raise InvalidInput()
        found = _named(named[1].strip(), sold)
        if found is None:
            return Reply(Words(f"不认识“{named[1]}”。这里卖：" + "、".join(sold),
                               f"I do not know “{named[1]}”. On sale: " + ", ".join(sold)))
        cart.append(Wanted(found[0], found[1], int(named[2] or 1)))
    priced = say.services.pricing.price.calculate(
        PriceRequest(tuple(cart), voucher_codes=tuple(codes)), say.actor)
    return Reply(_said(priced))


def _sold(say: Say) -> list[tuple[str, tuple[ProductType, str]]]:
    """Names of what this venue sells; without a name of its own, its type's."""
    rows = say.services.pricing.products.listed(say.actor, scenic_id=say.actor.venue_id)
    found = []
    for row in rows:
        kind = ProductType.from_code(row.product_type)
        found.append((row.product_name or kind.description, (kind, str(row.product_id))))
    return found


def _named(text: str, sold: dict[str, tuple[ProductType, str]],
           ) -> tuple[ProductType, str] | None:
    """The one product whose name is this, or contains it."""
    if text in sold:
        return sold[text]
    near = [wanted for name, wanted in sold.items() if text.casefold() in name.casefold()]
    return near[0] if len(near) == 1 else None


def _said(priced: Priced) -> Words:
    explanation = explain(priced.quote)
    zh, en = (phrases.as_lines(phrases.in_words(explanation, language, priced.place.zone),
                               language) for language in (phrases.CHINESE, phrases.ENGLISH))
    refused = [_refused(one) for one in priced.refused]
    return lines(Words("\n".join(zh), "\n".join(en)), *refused)


def _refused(one: RefusedCode) -> Words:
    why = say_why(one.word, one.facts)
    return Words(f"码 {one.code} 用不上：{why.zh}", f"Code {one.code} cannot be used: {why.en}")
