"""Several certificates of one order in one redemption: which were picked, and their rows.

The lead is the certificate that was scanned (or the first that was picked); the others go along:
a row each, so that each has its own result, uses, entitlement and undo (invariants I1 and I2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import InvalidInput
from core.ids import new_key, new_ref
from core.money import Money, total
from core.platforms.base import Consumed, ConsumedUse, Consumption, RefusedPiece
from core.services.choices import WHOLE
from core.services.grant import Given
from core.services.inspection import Sighting
from core.store.tables import Redemption, Voucher


@dataclass(frozen=True, slots=True)
class Pick:
    """So many uses of the certificate with this number in the inspection."""

    certificate: int
    uses: int = 1


@dataclass(frozen=True, slots=True)
class Picked:
    """`named` are known certificates with their uses, the lead first; `siblings` counts those
    that only the platform can name."""

    named: tuple[tuple[Sighting, int], ...]
    siblings: int = 0

    @property
    def paid(self) -> Money:
        """The price of all of them together."""
        lead = self.named[0][0].certificate
        return total(one.certificate.paid for one, _ in self.named) + lead.paid * self.siblings


def picks(asked: Sequence[Pick], seen: Sequence[Sighting]) -> Picked:
    """What a request means. Numbers past the certificates that were seen stand for siblings of
    the scanned one, which are taken along with it: the platform says which they are.

    Raises InvalidInput: no_such_certificate, certificates_differ (not of one order and SKU),
    certificate_twice.
    """
    numbers = [one.certificate for one in asked]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput("certificate_twice")
    unnamed = seen[0].certificate.siblings if len(seen) == 1 else 0
    if any(not 0 <= number < len(seen) + unnamed for number in numbers):
        raise InvalidInput("no_such_certificate")
    named = [(seen[one.certificate], one.uses) for one in asked if one.certificate < len(seen)]
    siblings = len(asked) - len(named)
    if siblings and any(one.uses != 1 for one in asked):
        raise InvalidInput("no_such_certificate")
    if not named:
        named, siblings = [(seen[0], 1)], siblings - 1
    orders = {(one.certificate.platform, one.certificate.order_id, one.certificate.sku_id,
               one.verify_token) for one, _ in named}
    if len(orders) > 1:
        raise InvalidInput("certificates_differ")
    return Picked(tuple(named), siblings)


_SHARED = ("platform_id", "venue_id", "door", "actor_kind", "actor_id", "confirmed_by",
           "confirmed_door", "phone", "name", "member_id", "verify_token", "scanned", "operator",
           "operator_name", "first_tried_at")


def going_along(lead: Redemption) -> dict[str, Any]:
    """What a row has in common with the one it goes along with. It has no time to be confirmed
    and no next try: the lead has them for all."""
    return {name.removesuffix("_id") if name in ("platform_id", "venue_id", "member_id") else name:
            getattr(lead, name) for name in _SHARED} | {
        "ref": new_ref("A"), "request_key": new_key(), "lead_id": lead.id}


def decided(wanted: Consumption, done: Consumed) -> bool:
    """Whether an answer tells of every certificate: all its uses consumed, or none and why."""
    taken = Counter(use.certificate_id for use in done.uses)
    refused = {one.certificate_id for one in done.refused}
    named = {"": wanted.uses} | {one.certificate_id: one.uses for one in wanted.further}
    unnamed = sum(count for name, count in taken.items() if name not in named)
    return all(taken[name] == uses or (not taken[name] and name in refused)
               for name, uses in named.items()) and (
        unnamed == wanted.siblings or bool(refused - named.keys()))


def rest_refused(wanted: Consumption, done: Consumed) -> Consumed:
    """An answer that can never be completed (the platform has forgotten the request): what it
    does not tell of was not consumed."""
    told = {use.certificate_id for use in done.uses} | {one.certificate_id for one in done.refused}
    names = ["", *(one.certificate_id for one in wanted.further)]
    return replace(done, refused=done.refused + tuple(
        RefusedPiece(name, "not_consumed") for name in names if name not in told))


def siblings_of(lead: Redemption, others: Sequence[Redemption],
                done: Consumed) -> list[ConsumedUse]:
    """Consumed uses of certificates that have no row yet."""
    known = {"", *(row.voucher.certificate_id for row in others), *(row.handle for row in others)}
    return [use for use in done.uses if use.certificate_id not in known]


def shared_out(lead: Redemption, others: Sequence[Redemption],
               done: Consumed) -> Iterator[tuple[Redemption, Consumed | RefusedPiece]]:
    """Each row with its own part of an answer, the lead first."""
    refused = {one.certificate_id: one for one in done.refused}
    told = refused.keys() | {use.certificate_id for use in done.uses}
    for row in (lead, *others):
        name = "" if row is lead else (
            row.handle if row.handle in told else row.voucher.certificate_id)
        uses = tuple(use for use in done.uses if use.certificate_id == name)
        if uses:
            yield row, Consumed(uses, done.at, done.code if row is lead else None, done.log_id)
        else:
            yield row, refused.get(name) or RefusedPiece(name, "not_consumed")


def sibling_voucher(lead: Voucher, code: str) -> dict[str, Any]:
    """The row of a certificate that the platform named when it took it: as its sibling, for which
    the same was paid."""
    same = ("platform_id", "platform_order_no", "sku_id", "voucher_type", "product_id",
            "product_name", "original_price_fen", "paid_price_fen", "use_amounts_fen",
            "user_phone", "user_name", "uses_total", "starts_at", "expires_at", "expire_date",
            "status")
    return {name.removesuffix("_id") if name in ("platform_id", "product_id") else name:
            getattr(lead, name) for name in same} | {
        "voucher_no": code, "certificate_id": code, "code_tail": code[-4:]}


def one_of(promised: dict[str, Any], uses: int) -> dict[str, Any]:
    """The promise of one use, from that of a lead with `uses` uses."""
    kept = {name: value for name, value in promised.items() if name != WHOLE}
    for name in ("days", "uses"):
        if kept[name] and promised["session_id"] is None and not (
                name == "days" and promised["kind"] == "lessons"):
            kept[name] = kept[name] // uses
    return kept


def with_more(together: Given | None, given: Given) -> Given:
    """What several certificates gave, as one thing: from the first day to the last, all days and
    lessons."""
    if together is None:
        return replace(given, after={**given.after})
    after = {**given.after}
    for name in ("days", "uses", "seats"):
        if name in after and after[name] is not None:
            after[name] += together.after.get(name) or 0
    return replace(together, after=after)
