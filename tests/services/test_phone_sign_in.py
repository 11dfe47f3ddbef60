"""A member's browser is signed in by a person who vouches, never by a number that was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import NotAllowed, NotFound, TooManyRequests
from core.services.phone_sign_in import PhoneSignIn
from core.store.tables import Audit, PhoneCode
from tests.builders import Chain


@pytest.fixture
def browsers(chain: Chain) -> PhoneSignIn:
    return chain.services.phone_sign_in


def test_a_code_from_the_desk_signs_in_once(chain: Chain, browsers: PhoneSignIn) -> None:
    done = chain.redeem(chain.buy())
    code = browsers.offer(done.ref, chain.clerk)
    signed_in = browsers.enter(f" {code.lower()} ", "10.0.0.1")
    assert done.member is not None and signed_in.actor.id == done.member.id
    with chain.store.connection():
        actor = chain.services.sign_in.recognise(signed_in.token)
    assert actor is not None and (actor.kind, actor.door) == ("member", "phone")
    with pytest.raises(NotFound, match="sign_in_code_wrong"):
        browsers.enter(code, "10.0.0.1")
    actions = [row.action for row in chain.rows(Audit) if row.action.startswith("member.phone")]
    assert actions == ["member.phone_offered", "member.phone_signed_in"]
    assert code not in repr([row.code_hash for row in chain.rows(PhoneCode)])


def test_a_code_lasts_ten_minutes_and_a_new_one_ends_the_old(chain: Chain,
                                                             browsers: PhoneSignIn) -> None:
    done = chain.redeem(chain.buy())
    old, new = (browsers.offer(done.ref, chain.clerk) for _ in range(2))
    with pytest.raises(NotFound):
        browsers.enter(old, "10.0.0.1")
    chain.pass_time(timedelta(minutes=10, seconds=1))
    with pytest.raises(NotFound):
        browsers.enter(new, "10.0.0.1")


def test_only_staff_of_the_venue_vouch(chain: Chain, browsers: PhoneSignIn) -> None:
    done = chain.redeem(chain.buy())
    for actor in (chain.kiosk, chain.western_clerk):
        with pytest.raises(NotAllowed):
            browsers.offer(done.ref, actor)
    with pytest.raises(NotFound):
        browsers.offer("Rnobody", chain.clerk)


def test_guessing_is_slowed_down(chain: Chain, browsers: PhoneSignIn) -> None:
    for _ in range(10):
        with pytest.raises(NotFound):
            browsers.enter("ABCD2345", "10.0.0.1")
    with pytest.raises(TooManyRequests):
        browsers.enter("ABCD2345", "10.0.0.1")
    with pytest.raises(NotFound):
        browsers.enter("ABCD2345", "10.0.0.2")
