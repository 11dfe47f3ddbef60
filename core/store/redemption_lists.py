"""Lists of redemptions, read by the index that has their order: never all that a venue had."""

from __future__ import annotations

from collections.abc import Collection

from peewee import ModelSelect

from core.store.redemptions import for_view
from core.store.select import newest_at, unsought
from core.store.tables import Redemption
from core.vouchers.redemption import OPEN, UNDO_UNSETTLED, State

PASSING = OPEN | UNDO_UNSETTLED
"""States that are soon left again, so that few redemptions are in them."""


def newest(state: State | None, venues: Collection[int] | None) -> ModelSelect[Redemption]:
    """Rows of `for_view` that people know, in a state (None: any), of these venues (None: of
    all), the newest first."""
    query = for_view()
    if state in PASSING:
        query = query.where(Redemption.state == state, unsought(Redemption.lead_id).is_null())
        if venues is not None:
            query = query.where(unsought(Redemption.venue).in_(sorted(venues)))
        return query.order_by(Redemption.id.desc())
    if state is not None and venues is not None and len(venues) == 1:
        return newest_at(query, venues, Redemption.venue, Redemption.created_at).where(
            Redemption.state == state, unsought(Redemption.lead_id).is_null())
    query = query.where(Redemption.lead_id.is_null()).order_by(Redemption.id.desc())
    if state is not None:
        query = query.where(unsought(Redemption.state) == state)
    return query if venues is None else query.where(
        unsought(Redemption.venue).in_(sorted(venues)))


def waiting(venue_id: int | None) -> ModelSelect[Redemption]:
    """Rows of `for_view` that people know and that wait for staff, of a venue or of all, the
    oldest first. Every desk asks for them every few seconds."""
    query = for_view().where(Redemption.state == State.AWAITING_STAFF,
                             unsought(Redemption.lead_id).is_null()).order_by(Redemption.id)
    return query if venue_id is None else query.where(unsought(Redemption.venue) == venue_id)


def count(state: State | None, venues: Collection[int] | None) -> int:
    """How many rows `newest` has: all of them, from an index alone, less the few that go along
    with others."""
    every, along = Redemption.select(), Redemption.select().where(Redemption.lead_id > 0)
    if state is not None:
        every = every.where(Redemption.state == state)
        along = along.where(unsought(Redemption.state) == state)
    if venues is not None:
        every = every.where(Redemption.venue.in_(sorted(venues)))
        along = along.where(unsought(Redemption.venue).in_(sorted(venues)))
    return int(every.count()) - int(along.count())
