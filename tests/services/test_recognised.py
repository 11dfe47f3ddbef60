"""Whom a token belongs to is remembered, yet what ends or changes his rights counts at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.services.actor import Actor, Role
from core.store import sessions
from core.store.tables import Kiosk, Member, Session, Staff, StaffVenue
from tests.builders import Chain

Change = Callable[[Chain, int], object]


def token_of(chain: Chain, actor: Actor) -> str:
    sign_in = chain.services.sign_in
    with chain.store.connection():
        if actor.kind == "kiosk":
            return sign_in.open_for_kiosk(actor.id).token
        return sign_in.open_for_staff(actor.id, "api").token


def known(chain: Chain, token: str) -> Actor | None:
    return chain.services.sign_in.recognise(token)


@pytest.mark.parametrize("end", [
    lambda chain, staff: sessions.revoke_all("staff", staff, chain.clock.now()),
    lambda chain, staff: Staff.update(status=0).where(Staff.id == staff).execute(),
    lambda chain, staff: Session.delete().where(Session.subject_id == str(staff)).execute(),
], ids=["revoked", "switched off", "deleted"])
def test_a_clerk_whose_session_ended_is_nobody(chain: Chain, end: Change) -> None:
    token = token_of(chain, chain.clerk)
    first = known(chain, token)
    assert first is not None and known(chain, token) == first
    chain.store.transact("test.end", lambda: end(chain, chain.clerk.id))
    assert known(chain, token) is None


def test_a_kiosk_that_is_switched_off_is_nobody(chain: Chain) -> None:
    token = token_of(chain, chain.kiosk)
    assert known(chain, token) is not None
    chain.store.transact("test.off", lambda: Kiosk.update(status=0).execute())
    assert known(chain, token) is None


def test_a_session_ends_by_itself(chain: Chain) -> None:
    token = token_of(chain, chain.clerk)
    assert known(chain, token) is not None
    chain.pass_time(timedelta(hours=12))
    assert known(chain, token) is None


def test_a_member_who_was_switched_off_is_nobody(chain: Chain) -> None:
    chain.card()
    (member,) = chain.rows(Member)
    token = chain.services.sign_in.open_for_member(member.id, chain.binjiang, "wechat").token
    assert known(chain, token) is not None
    chain.store.transact("test.off", lambda: Member.update(status=0).execute())
    assert known(chain, token) is None


def test_a_moved_kiosk_works_at_its_new_venue(chain: Chain) -> None:
    token = token_of(chain, chain.kiosk)
    before = known(chain, token)
    assert before is not None and before.venue_id == chain.binjiang
    chain.store.transact("test.move", lambda: Kiosk.update(venue=chain.chengxi).execute())
    after = known(chain, token)
    assert after is not None and after.venue_id == chain.chengxi


def test_a_clerk_gets_and_loses_roles_and_venues(chain: Chain) -> None:
    token, staff = token_of(chain, chain.clerk), chain.clerk.id
    before = known(chain, token)
    assert before is not None and (before.role, chain.chengxi in before.venues) == (
        Role.CLERK, False)

    def promote() -> None:
        Staff.update(role="manager").where(Staff.id == staff).execute()
        StaffVenue.create(staff=staff, venue=chain.chengxi, created_at=chain.clock.now())

    chain.store.transact("test.promote", promote)
    after = known(chain, token)
    assert after is not None and (after.role, chain.chengxi in after.venues) == (
        Role.MANAGER, True)
    chain.store.transact("test.leave", lambda: StaffVenue.delete().where(
        (StaffVenue.staff == staff) & (StaffVenue.venue == chain.chengxi)).execute())
    last = known(chain, token)
    assert last is not None and chain.chengxi not in last.venues
