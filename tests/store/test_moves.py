"""The state table: every edge can be walked, nothing else can, and two walkers cannot both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from core.store import redemptions
from core.store.db import GuardLost, Store
from core.store.tables import Platform, Redemption, Venue, Voucher
from core.vouchers.redemption import (
    GRANTED,
    MOVES,
    OPEN,
    UNDO_UNSETTLED,
    UNSETTLED,
    WAITING,
    State,
)

AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
EDGES = [(one, to) for one in State for to in State if to in MOVES[one]]
NO_EDGES = [pair for pair in product(State, State) if pair not in EDGES]


@pytest.fixture
def row(store: Store) -> Redemption:
    def add() -> int:
        venue = Venue.create(name="滨江店", created_at=AT)
        platform = Platform.create(platform_name="抖音", platform_code="douyin", created_at=AT,
                                   updated_at=AT)
        voucher = Voucher.create(voucher_no="1", certificate_id="1", platform=platform,
                                 voucher_type=1, created_at=AT, updated_at=AT)
        return redemptions.add(
            AT, ref="R1", voucher=voucher.id, open_key=voucher.id, platform=platform.id,
            venue=venue.id, state="requested", door="desk", actor_kind="staff", actor_id=1,
            choice={}, request_key="k", handle="h")

    made = store.transact("test.add", add)
    with store.connection():
        found = redemptions.by_id(made)
    assert found is not None
    return found


def put(store: Store, row: Redemption, state: State) -> Redemption:
    """The row as it would be in some state."""
    store.transact("test.put", lambda: Redemption.update(
        state=state.value, open_key=row.voucher_id if state in OPEN else None).execute())
    with store.connection():
        found = redemptions.by_id(row.id)
    assert found is not None
    return found


def test_every_edge_can_be_walked(store: Store, row: Redemption) -> None:
    for one, to in EDGES:
        fresh = put(store, row, one)
        store.transact("test.move",
                       lambda f=fresh, t=to: redemptions.move(f, t, AT + timedelta(1)))
        with store.connection():
            moved = Redemption.get_by_id(row.id)
        assert (moved.state, moved.moved_at) == (to, AT + timedelta(1))
        assert (moved.open_key is not None) == (to in OPEN)


def test_nothing_else_can(store: Store, row: Redemption) -> None:
    for one, to in NO_EDGES:
        fresh = put(store, row, one)
        with pytest.raises(ValueError, match="no move"):
            store.transact("test.move", lambda f=fresh, t=to: redemptions.move(f, t, AT))
        with store.connection():
            assert Redemption.get_by_id(row.id).state == one


def test_the_second_of_two_walkers_loses(store: Store, row: Redemption) -> None:
    first, second = put(store, row, State.AWAITING_STAFF), put(store, row, State.AWAITING_STAFF)
    store.transact("test.move", lambda: redemptions.move(first, State.VERIFYING, AT))
    with pytest.raises(GuardLost):
        store.transact("test.move", lambda: redemptions.move(second, State.REJECTED, AT))
    with store.connection():
        assert Redemption.get_by_id(row.id).state == State.VERIFYING


def test_a_lease_goes_to_one_worker(store: Store, row: Redemption) -> None:
    first, second = put(store, row, State.UNCERTAIN), put(store, row, State.UNCERTAIN)
    taken = [store.transact("test.claim", lambda r=r: redemptions.claim(r, AT, 2))
             for r in (first, second)]
    assert taken == [True, False]


def test_the_table_says_what_the_words_mean() -> None:
    assert set(MOVES) == set(State)
    assert WAITING | UNSETTLED == OPEN
    ends = {state for state in State if not MOVES[state]}
    assert ends == {State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.REFUSED, State.UNDONE}
    reachable, edge = {State.REQUESTED}, {State.REQUESTED}
    while edge:
        edge = {to for one in edge for to in MOVES[one]} - reachable
        reachable |= edge
    assert reachable == set(State)
    # What may have been consumed ends only by an answer, never by waiting or by a click.
    for state in UNSETTLED | UNDO_UNSETTLED:
        assert not MOVES[state] & {State.REJECTED, State.EXPIRED, State.WITHDRAWN}
    # Whoever was granted something comes back to it or loses it, nothing between.
    for state in GRANTED - {State.COMPLETED}:
        assert MOVES[state] <= GRANTED | {State.UNDONE}
