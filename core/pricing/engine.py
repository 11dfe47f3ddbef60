"""`quote`: the cheapest allowed price of a cart, exact and explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

from core.errors import PricingError
from core.pricing.cart import Cart
from core.pricing.outcome import Seen, describe
from core.pricing.promotion import Promotion
from core.pricing.provider import AnyProvider, Offer
from core.pricing.quote import Quote
from core.pricing.registry import PROVIDERS
from core.pricing.search import Candidate, Lane, Search
from core.pricing.stacking import forbidden_bits

_by_id = attrgetter("id")
_by_most = attrgetter("most")


def quote(cart: Cart, promotions: Iterable[Promotion], at: datetime,
          providers: Sequence[AnyProvider] = PROVIDERS) -> Quote:
    """Price a cart. Same arguments, same answer, in whatever order promotions are given.

    Of the sets that `stacking.py` allows, the cheapest one is applied; ties as in `search.py`.
    A promotion given twice counts once. Raises PricingError `unknown_promotion_type`, or
    `promotion_id_twice` for two different promotions with one type and id.
    `providers` are in order of application, as `registry.in_order` puts them.
    """
    amounts = cart.amounts
    seen = _detect(cart, amounts, _by_type(promotions), at, providers)
    chosen = Search(_lanes(seen, providers)).best(amounts)
    return describe(cart, amounts, seen, chosen)


def _by_type(promotions: Iterable[Promotion]) -> dict[str, list[Promotion]]:
    """The promotions of each type in order of their ids, each once."""
    groups: dict[str, list[Promotion]] = {}
    for promotion in promotions:
        if promotion.type in groups:
            groups[promotion.type].append(promotion)
        else:
            groups[promotion.type] = [promotion]
    for group in groups.values():
        group.sort(key=_by_id)
        if len({promotion.id for promotion in group}) < len(group):
            for earlier, promotion in pairwise(group):
                if earlier.id == promotion.id and earlier != promotion:
                    raise PricingError("promotion_id_twice", type=promotion.type, id=promotion.id)
            group[:] = {promotion.id: promotion for promotion in group}.values()
    return groups


def _detect(cart: Cart, amounts: Sequence[int], groups: dict[str, list[Promotion]], at: datetime,
            providers: Sequence[AnyProvider]) -> list[Seen]:
    """Every promotion with its offer or refusal, in order of application, then id."""
    total = sum(amounts)
    seen = []
    for rank, provider in enumerate(providers):
        for promotion in groups.pop(provider.type, ()):
            found = provider.detect(promotion, cart, at)
            alone = found.saves(amounts, total) if isinstance(found, Offer) else 0
            seen.append(Seen(promotion, provider, rank, found, alone))
    for kind in groups:
        raise PricingError("unknown_promotion_type", type=kind)
    return seen


def _lanes(seen: Sequence[Seen], providers: Sequence[AnyProvider]) -> list[Lane]:
    """The offers that save something, by type, the most promising first."""
    bits = {provider.type: 1 << rank for rank, provider in enumerate(providers)}
    lanes: list[Lane] = []
    last = -1
    for one in seen:
        offer = one.found
        if not one.alone or not isinstance(offer, Offer):
            continue
        if one.rank != last:
            last = one.rank
            lanes.append(Lane(one.provider, 1 << last, []))
        lanes[-1].candidates.append(Candidate(
            offer, one.alone + offer.reduction.slack, offer.minimum.fen if offer.minimum else 0,
            forbidden_bits(one.promotion, bits), ((last, one.promotion.id),)))
    for lane in lanes:
        lane.candidates.sort(key=_by_most, reverse=True)
    return lanes
