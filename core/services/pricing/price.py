"""Pricing a cart: what the venue asks, what the member holds and enters, and the cheapest price.

Reads only. `checkout` prices again inside its own transaction and compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.clock import Clock
from core.errors import InvalidInput
from core.ids import mask_code
from core.pricing.cart import Cart, CartLine
from core.pricing.engine import quote
from core.pricing.kinds import ProductType
from core.pricing.promotion import Promotion, VoucherCode
from core.pricing.quote import Quote
from core.services.actor import Actor, Role
from core.services.pricing.holder import Holder, holder_with_holdings, venue_for
from core.store import people
from core.store.db import Store
from core.store.editions import Remembered
from core.store.pricing import codes, offers
from core.store.pricing.codes import Code
from core.store.pricing.holdings import HeldCode, HeldCoupon, Holdings
from core.store.pricing.offers import Place, VenueOffers
from core.vouchers import owncode

MOST_CODES = 10
MOST_KEPT = 1000
"""Prices in memory, some ten kilobytes each, and buyers."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of a product."""

    product_type: ProductType
    product_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """What somebody wants to buy and how (P219–P224). `voucher_codes` as they were entered; the
    two flags: whether what the member holds may be used unasked."""

    products: tuple[Wanted, ...]
    scenic_id: int | None = None
    face_id: str | None = None
    voucher_codes: tuple[str, ...] = ()
    auto_use_voucher: bool = True
    auto_use_coupon: bool = True
    user_id: int | None = None
    """The member whom staff price for; from everybody else it is ignored."""


@dataclass(frozen=True, slots=True)
class RefusedCode:
    """An entered code that cannot be used, and why: a word and its facts. `code` is masked,
    `entered` is what the caller typed, to be told to nobody. `id`: if it exists."""

    code: str
    word: str
    facts: Mapping[str, object]
    id: int | None = None
    entered: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Priced:
    """A price and all that it rests on. `codes` by promotion id, `claims` by coupon id: what a
    checkout would use up. Equal ones may be one object: doors may remember how they showed it."""

    place: Place
    holder: Holder
    quote: Quote
    refused: tuple[RefusedCode, ...]
    codes: Mapping[int, HeldCode]
    claims: Mapping[int, int]

    @property
    def shown(self) -> str:
        """What the member sees, in one word: `<original>-<final>-<applied>-<check>`. A checkout
        that names it is settled at exactly this price or not at all."""
        applied = ".".join(f"{step.promotion.type}:{step.promotion.id}"
                           for step in self.quote.steps)
        seen = [self.place.id,
                [(step.promotion.type, step.promotion.id, step.discount.fen)
                 for step in self.quote.steps],
                [(line.line.product_type.code, line.line.product_id, line.line.quantity,
                  line.line.unit_price.fen, line.final.fen) for line in self.quote.lines]]
        check = hashlib.blake2b(repr(seen).encode(), digest_size=8).hexdigest()
        return f"{self.quote.original.fen}-{self.quote.final.fen}-{applied}-{check}"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A price and the instants between which no promotion of it starts or ends."""

    priced: Priced
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether it is the price at this instant too."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class _Buyer:
    """Where somebody buys, who it is, and what he holds there."""

    place: Place
    who: Holder
    holds: Holdings


class Price:
    """Prices carts. What a venue asks and grants is loaded once and kept until it changes. Prices
    are kept too: most carts of a photo shop are alike, and the engine is pure."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[int, VenueOffers] = {}
        self._kept: dict[object, _Kept] = {}
        self._lately: Remembered[_Kept] = Remembered(MOST_KEPT)
        self._buyers: Remembered[_Buyer] = Remembered(MOST_KEPT)

    def calculate(self, asked: PriceRequest, actor: Actor) -> Priced:
        """The cheapest price of a cart; changes nothing.

        Raises PricingError `product_config_not_found`, `bad_quantity`, `bad_price`; InvalidInput
        `empty_cart`, `scenic_needed`; NotFound `venue_not_found`; NotAllowed. A code that cannot
        be used is no error: it is in `refused`.
        """
        with self._store.connection():
            return self.price(asked, actor, self._clock.now())

    def member_with(self, phone: str, actor: Actor) -> int | None:
        """The member with this phone, for staff who price his cart."""
        actor.require(Role.CLERK)
        with self._store.connection():
            member = people.by_phone(phone)
        return None if member is None else int(member.id)

    def price(self, asked: PriceRequest, actor: Actor, at: datetime) -> Priced:
        """The same inside the caller's connection or transaction."""
        edition = self._store.edition()
        kept = self._lately.get(edition, (asked, actor))
        if kept is None or not kept.holds(at):
            kept = self._priced(asked, self._buyer(asked, actor, edition), at)
            if not kept.priced.refused:
                self._lately.keep(edition, (asked, actor), kept)
        return kept.priced

    def _buyer(self, asked: PriceRequest, actor: Actor, edition: int | None) -> _Buyer:
        key = (actor, asked.scenic_id, asked.face_id, asked.user_id)
        buyer = self._buyers.get(edition, key)
        if buyer is None:
            place = offers.place(venue_for(actor, asked.scenic_id))
            buyer = _Buyer(place, *holder_with_holdings(actor, asked.face_id, place.id,
                                                        asked.user_id))
            self._buyers.keep(edition, key, buyer)
        return buyer

    def _priced(self, asked: PriceRequest, buyer: _Buyer, at: datetime) -> _Kept:
        place, who, holds = buyer.place, buyer.who, buyer.holds
        here = self.offers_at(place, at)
        claims = _claims(holds.coupons, here) if asked.auto_use_coupon else {}
        held = list(holds.codes) if asked.auto_use_voucher else []
        refused = _enter(asked.voucher_codes, held, who, place, at)
        key = (place, asked.products, who, tuple(claims.items()), tuple(held))
        kept = None if refused else self._kept.get(key)
        if kept is not None and kept.holds(at):
            return kept
        cart = _cart(asked.products, here)
        promotions: list[Promotion] = [
            *here.promotions, *(here.coupons[coupon] for coupon in claims),
            *(code_promotion(here.batches[one.batch_id], one) for one in held
              if one.batch_id in here.batches)]
        priced = Priced(place, who, quote(cart, promotions, at), refused,
                        {one.id: one for one in held}, claims)
        kept = _Kept(priced, at, _next_change(promotions, at))
        if not refused:
            self._keep(key, kept)
        return kept

    def _keep(self, key: object, kept: _Kept) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()  # cheaper than knowing which was used last
        self._kept[key] = kept

    def offers_at(self, place: Place, at: datetime) -> VenueOffers:
        """What the venue asks and grants, from memory while that is current.

        What was loaded may already be newer than its version says; then it is loaded once more
        at the next call.
        """
        known = self._known.get(place.id)
        if known is None or known.version != place.version:
            known = self._known[place.id] = offers.load(place.id, place.version, at)
        return known


def _claims(held: Iterable[HeldCoupon], here: VenueOffers) -> dict[int, int]:
    """Coupon → the claim that would be used: the first one claimed."""
    claims: dict[int, int] = {}
    for one in held:
        if one.coupon_id in here.coupons:
            claims.setdefault(one.coupon_id, one.claim_id)
    return claims


def _enter(entered: Iterable[str], held: list[HeldCode], who: Holder, place: Place,
           at: datetime) -> tuple[RefusedCode, ...]:
    """Add the entered codes that can be used to `held`; returns the others."""
    refused = []
    known = {one.code for one in held}
    fresh = [code for code in dict.fromkeys(map(owncode.normalise, entered)) if code not in known]
    if len(fresh) > MOST_CODES:
        raise InvalidInput("too_many_codes", most=MOST_CODES)
    for code in fresh:
        found = codes.by_code(code) if owncode.check(code) else None
        reason = refusal(code, found, who, place, at)
        if reason is not None:
            refused.append(reason)
        elif found is not None:
            held.append(HeldCode(found.id, found.batch.id, code, found.ends,
                                 found.row.max_uses - found.row.used_count))
    return tuple(refused)


def refusal(code: str, found: Code | None, who: Holder, place: Place,
            at: datetime) -> RefusedCode | None:
    """Why an entered, normalised code is not even offered to the engine; None if it is."""
    if found is None:
        typo = not owncode.check(code) and owncode.nearly(code)
        return RefusedCode(mask_code(code[:owncode.LENGTH]),
                           "own_code_typo" if typo else "voucher_not_found", {}, entered=code)
    reason = why_not(found, who, place, at)
    return None if reason is None else RefusedCode(mask_code(code), *reason, found.id)


def why_not(code: Code, who: Holder, place: Place,
            at: datetime) -> tuple[str, dict[str, object]] | None:
    """Why a code cannot be used by this holder, here and now; None if it can."""
    row = code.row
    if row.scenic_id != place.id:
        return "code_wrong_venue", {"venue": offers.place(row.scenic_id).name}
    if row.status == codes.UNCLAIMED:
        return "code_not_claimed", {}
    if row.face_id is not None and who.face_id is not None and row.face_id not in who.faces:
        return "code_not_yours", {}
    if row.status == codes.USABLE and (code.ends is None or at < code.ends):
        return None
    if row.status in (codes.USABLE, codes.EXPIRED):
        return "code_expired", {"at": code.ends}
    return "code_used" if row.status == codes.USED else "code_used_up", {"at": row.used_at}


def _next_change(promotions: Sequence[Promotion], at: datetime) -> datetime | None:
    """When the next of them starts or ends."""
    coming = [instant for one in promotions for instant in (one.starts, one.ends)
              if instant is not None and instant > at]
    return min(coming, default=None)


def code_promotion(terms: VoucherCode, held: HeldCode) -> VoucherCode:
    """What a code of these terms grants. Its own end is never later than its batch's."""
    return replace(terms, id=held.id, ends=held.expires_at or terms.ends)


def _cart(products: Sequence[Wanted], here: VenueOffers) -> Cart:
    """The cart with its tiers matched; the same product twice is one line, so that splitting a
    quantity never changes its tier."""
    wanted: dict[tuple[ProductType, str], int] = {}
    for one in products:
        key = (one.product_type, one.product_id)
        wanted[key] = wanted.get(key, 0) + one.quantity
    if not wanted:
        raise InvalidInput("empty_cart")
    sold = {key: here.product(*key) for key in wanted}
    return Cart(tuple(
        CartLine(kind, product_id, quantity, sold[kind, product_id].prices.unit_price(quantity),
                 sold[kind, product_id].name)
        for (kind, product_id), quantity in wanted.items()))
