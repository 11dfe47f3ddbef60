"""What a certificate may become for this member at this venue. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import VoucherError
from core.services.inspection import Choice
from core.services.redemption_view import GivenChoice
from core.vouchers.redemption import ResultType

CARD, LESSONS, CLASS = "card", "lessons", "class"
WHOLE = "whole"
"""In the promise of a lead: what all its certificates together give, and their number of uses and
price."""
OPEN, RENEW, COURSE, SEAT = "open", "renew", "course", "class"
CLASSES_AHEAD = timedelta(days=14)
"""How far ahead a class can be booked with a voucher."""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """The product behind a SKU. `days` and `uses` are for one use of the certificate."""

    id: int
    name: str
    kind: str
    days: int | None
    uses: int | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A card of the member that this product lengthens; `ends_on` is its last day."""

    id: int
    name: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of this venue that this product books."""

    id: int
    title: str
    coach: str
    starts_at: datetime
    ends_at: datetime
    seats_left: int


def last_day_opened(today: date, days: int) -> date:
    """Last day of a card opened today: a 30-day card opened on 11-21 runs through 12-21."""
    return today + timedelta(days=days)


def last_day_renewed(today: date, ends_on: date, days: int) -> date:
    """Last day of a renewed card: counted from its end, or from today when it has ended."""
    return max(today, ends_on) + timedelta(days=days)


def choices(product: ProductFacts, cards: Iterable[CardFacts], classes: Iterable[ClassFacts],
            today: date, uses: int = 1) -> tuple[Choice, ...]:
    """Everything that `uses` uses of the certificate may become; the best first for a member with
    a card to renew, the soonest class with a seat for a class voucher."""
    if product.kind == CARD:
        return _cards(product, list(cards), today, uses)
    if product.kind == LESSONS:
        return (Choice(COURSE, ResultType.COURSE_BOUGHT, product.id, product.name, LESSONS,
                       days=product.days, uses=(product.uses or 1) * uses, recommended=True,
                       after=today + timedelta(days=product.days) if product.days else None),)
    return _seats(product, classes, uses)


def _cards(product: ProductFacts, cards: list[CardFacts], today: date,
           uses: int) -> tuple[Choice, ...]:
    days = (product.days or 1) * uses
    renewals = [
        Choice(f"{RENEW}:{card.id}", ResultType.CARD_RENEWED, product.id, product.name, CARD,
               days=days, before=card.ends_on, card_id=card.id,
               after=last_day_renewed(today, card.ends_on, days), recommended=index == 0)
        for index, card in enumerate(cards)]
    fresh = Choice(OPEN, ResultType.CARD_OPENED, product.id, product.name, CARD, days=days,
                   after=last_day_opened(today, days), recommended=not renewals)
    return (*renewals, fresh)


def _seats(product: ProductFacts, classes: Iterable[ClassFacts],
           seats: int) -> tuple[Choice, ...]:
    found = []
    recommended = False
    several = seats if seats > 1 else None
    for one in classes:
        free = one.seats_left >= seats
        found.append(Choice(
            f"{SEAT}:{one.id}", ResultType.CLASS_BOOKED, product.id, product.name, CLASS,
            uses=several, session_id=one.id, session_title=one.title, coach=one.coach,
            starts_at=one.starts_at, ends_at=one.ends_at, seats_left=max(one.seats_left, 0),
            enabled=free, why_not=None if free else "class_full",
            recommended=free and not recommended))
        recommended = recommended or free
    return tuple(found)


def chosen(offered: tuple[Choice, ...], word: str | None) -> Choice:
    """The choice a request names, or the recommended one when it names none.

    Raises VoucherError: class_full, choice_needed (several classes, none named), choice_gone
    (a class that started, a card that is not the member's, another kind of voucher).
    """
    if word is None:
        if len(offered) > 1 and offered[0].kind == CLASS:
            raise VoucherError("choice_needed", choices=[one.choice for one in offered])
        picked = next((one for one in offered if one.recommended), None)
    else:
        picked = next((one for one in offered if one.choice == word), None)
    if picked is None:
        raise VoucherError("choice_gone", choices=[one.choice for one in offered])
    if not picked.enabled:
        raise VoucherError(picked.why_not or "choice_gone", session_id=picked.session_id)
    return picked


def share(choice: Choice, product: ProductFacts, uses: int) -> Choice:
    """What `uses` uses give of a choice that was made for several certificates together. The last
    day stays that of the whole."""
    if product.kind == CARD:
        return replace(choice, days=(product.days or 1) * uses)
    return replace(choice, uses=(product.uses or 1) * uses) if product.kind == LESSONS else choice


def promise(choice: Choice, product: ProductFacts, family: str) -> dict[str, Any]:
    """What the redemption row keeps of a choice: what was promised, whatever the product says
    later."""
    return {
        "choice": choice.choice, "result_type": int(choice.result_type),
        "product_id": product.id, "product_name": product.name, "kind": product.kind,
        "family": family, "days": choice.days, "uses": choice.uses,
        "before": choice.before.isoformat() if choice.before else None,
        "after": choice.after.isoformat() if choice.after else None,
        "card_id": choice.card_id, "session_id": choice.session_id,
        "session_title": choice.session_title,
        "starts_at": choice.starts_at.isoformat() if choice.starts_at else None,
    }


def given(kept: dict[str, Any]) -> GivenChoice:
    """A kept promise as views show it: of all its certificates together."""
    whole = kept.get(WHOLE) or kept
    return GivenChoice(
        choice=kept["choice"], result_type=ResultType(kept["result_type"]),
        product_id=kept["product_id"], product_name=kept["product_name"], kind=kept["kind"],
        days=whole["days"], uses=whole["uses"],
        before=date.fromisoformat(kept["before"]) if kept["before"] else None,
        after=date.fromisoformat(kept["after"]) if kept["after"] else None,
        session_id=kept["session_id"], session_title=kept["session_title"],
        starts_at=datetime.fromisoformat(kept["starts_at"]) if kept["starts_at"] else None)
