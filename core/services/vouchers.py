"""Vouchers as the desk sees them: lists, one voucher, its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypedDict

from core.clock import DEFAULT_ZONE
from core.errors import NotFound, VoucherError
from core.ids import clean_code
from core.services.actor import Actor, Role
from core.services.inspection import Seen
from core.services.voucher_view import (
    VoucherDetail,
    VoucherView,
    of_row,
    of_sighting,
    whole_history,
)
from core.store import voucher_search
from core.store.db import Store
from core.store.tallies import Reading as TallyReading
from core.store.voucher_pages import Order, Pages
from core.store.voucher_search import VoucherFilter
from core.vouchers.reading import Form, Reading


class VoucherPage(TypedDict):
    """One page; `by_status` counts what the filter has of each status, its own left aside."""

    items: list[VoucherView]
    total: int
    page: int
    page_size: int
    by_status: dict[int, int]


class Vouchers:
    """Reads only; staff see their own venues' vouchers and those of no venue yet.

    `read` reads scanned text with this installation's hosts; `see` asks the platforms what they
    say of a text and writes nothing. Days are those of `zone`, one for the whole chain.
    """

    def __init__(self, store: Store, zone: str = DEFAULT_ZONE, *,
                 read: Callable[[str, str | None], Reading],
                 see: Callable[[str, Actor], Seen]) -> None:
        self._store = store
        self._zone = zone
        self._read = read
        self._see = see

    def page(self, actor: Actor, *, page: int = 1, page_size: int = 20, sort: str | None = None,
             **wanted: Any) -> VoucherPage:
        """The vouchers of a filter (S118–S125): `wanted` as `VoucherFilter`.

        `sort` is created, verified or expire, with `-` for the newest first; by default the
        newest of `date_field`. Raises NotAllowed("other_venue").
        """
        chosen = wanted_by(actor, **wanted)
        with self._store.snapshot():
            pages = Pages(self._store, self._zone, TallyReading(self._store, self._zone))
            counts = pages.by_status(chosen)
            ids = pages.ids(chosen, order_of(sort, chosen), (page - 1) * page_size, page_size)
            items = [of_row(row, actor) for row in voucher_search.by_ids(ids)]
        total = sum(counts.values()) if chosen.status is None else counts.get(chosen.status, 0)
        return VoucherPage(items=items, total=total, page=page, page_size=page_size,
                           by_status=counts)

    def by_id(self, voucher_id: int, actor: Actor) -> VoucherDetail:
        """Raises NotFound, also for another venue's voucher."""
        actor.require(Role.CLERK)
        with self._store.connection():
            row = voucher_search.one(voucher_id)
            if row is None or not _may_see(row, actor):
                raise NotFound()
            return _detail(row, actor)

    def by_code(self, code: str, actor: Actor) -> VoucherDetail:
        """A voucher by what was scanned or typed (S116): one we do not know is asked of the
        platforms, read-only, and has no `id` then.

        Raises VoucherError: voucher_not_found (also for another venue's), why the text is no
        code, why the platform would not take it; PlatformError.
        """
        actor.require(Role.CLERK)
        with self._store.connection():
            row = voucher_search.with_code(clean_code(code)) or self._of_reading(code)
            if row is None:
                return self._asked(code, actor)
            if not _may_see(row, actor):
                raise VoucherError("voucher_not_found")
            return _detail(row, actor)

    def _of_reading(self, code: str) -> Any | None:
        for candidate in self._read(code, None).candidates:
            if candidate.form is Form.CODE:
                row = voucher_search.with_code(candidate.value)
                if row is not None:
                    return row
        return None

    def _asked(self, code: str, actor: Actor) -> VoucherDetail:
        if actor.venue_id is None:
            raise VoucherError("voucher_not_found")
        sighting = self._see(code, actor).sightings[0]
        one = sighting.certificate
        # A QR says nothing that we keep; only the platform's answer tells whose it is.
        row = voucher_search.of_certificate(one.platform, one.certificate_id)
        if row is None:
            return of_sighting(sighting, actor, self._zone)
        if not _may_see(row, actor):
            raise VoucherError("voucher_not_found")
        return _detail(row, actor)


def wanted_by(actor: Actor, **wanted: Any) -> VoucherFilter:
    """The filter within what the actor may see. Raises NotAllowed."""
    actor.require(Role.CLERK, wanted.get("venue_id"))
    days = {name: voucher_search.within_time(wanted.get(name))
            for name in ("start_date", "end_date")}
    return VoucherFilter(venues=own_venues(actor), **wanted | days)


def own_venues(actor: Actor) -> frozenset[int] | None:
    """Whose vouchers the actor may see; None: everybody's."""
    if actor.kind == "system" or actor.role is Role.ADMIN:
        return None
    return actor.venues if actor.venue_id is None else actor.venues | {actor.venue_id}


def order_of(sort: str | None, wanted: VoucherFilter) -> Order:
    """`-created` and the like."""
    text = sort or f"-{wanted.date_field}"
    return Order(text.lstrip("-"), text.startswith("-"))


def _may_see(row: Any, actor: Actor) -> bool:
    return row.venue_id is None or actor.may_work_at(row.venue_id)


def _detail(row: Any, actor: Actor) -> VoucherDetail:
    view = of_row(row, actor)
    return VoucherDetail(
        **{field.name: getattr(view, field.name) for field in fields(view)},
        redemption=voucher_search.newest_redemption(row.id),
        nameless=row.user_id is not None and not row.member_phone,
        history=whole_history(row.id))


__all__ = ["VoucherDetail", "VoucherPage", "VoucherView", "Vouchers", "order_of", "own_venues",
           "wanted_by"]
