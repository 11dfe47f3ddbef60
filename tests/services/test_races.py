"""Many at once: exactly one wins, and our books equal the platform's (invariants I1, I2)."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from core.config import Settings
from core.errors import Conflict, HexiaotaiError, VoucherError
from core.services.actor import Actor
from core.services.redeem import RedeemRequest
from core.store.tables import (
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    Member,
    MemberCard,
    Redemption,
    Voucher,
)
from core.vouchers.redemption import State
from core.wiring import Services, build
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.services.racing import together

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Patience: here the order of events matters, not how long a busy machine takes for them."""
    return environment | {"DOOR_BUDGET": "10", "PLATFORM_READ_TIMEOUT": "60",
                          "PLATFORM_CONNECT_TIMEOUT": "30"}


@dataclass(frozen=True)
class Key:
    """What a door makes of an Idempotency-Key header."""

    scope: str = "staff:1"
    key: str = "k-1"
    fingerprint: str = "f" * 64


def desks(chain: Chain, count: int) -> list[Actor]:
    """Different people at the desk, each allowed to redeem at once."""
    return [replace(chain.clerk, id=chain.clerk.id if number == 0 else 1000 + number)
            for number in range(count)]


@PLATFORMS
def test_twenty_clients_at_once_on_one_certificate(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    results = together(*[lambda who=who: chain.ask(bought, who) for who in desks(chain, 20)])

    done = [one for one in results if not isinstance(one, Exception)]
    assert [one.state for one in done] == [State.COMPLETED]
    errors = {one.word for one in results if isinstance(one, HexiaotaiError)}
    # On a loaded machine a read may also end in "later", which changes nothing.
    assert errors <= {"in_progress", "already_redeemed", "platform_busy"}
    assert all(isinstance(one, HexiaotaiError) for one in results if isinstance(one, Exception))
    assert chain.consumed(bought) == 1
    assert len(chain.rows(Entitlement)) == len(chain.rows(MemberCard)) == 1
    assert len(chain.rows(Voucher)) == 1


@PLATFORMS
def test_the_last_seat_goes_to_one(chain: Chain, platform: str) -> None:
    session = chain.class_tonight(capacity=1)
    bought = [chain.buy(platform, "class") for _ in range(5)]
    phones = [f"1380013900{number}" for number in range(5)]
    results = together(*[
        lambda one=one, phone=phone: chain.ask(one, chain.clerk, phone=phone,
                                               choice=f"class:{session}")
        for one, phone in zip(bought, phones, strict=True)])

    assert Counter(type(one).__name__ for one in results) == {
        "RedemptionView": 1, "VoucherError": 4}
    assert {one.word for one in results if isinstance(one, VoucherError)} == {"class_full"}
    assert sum(chain.consumed(one) for one in bought) == 1
    assert chain.rows(ClassSession)[0].taken == 1
    assert [seat.status for seat in chain.rows(Booking)] == ["booked"]


@PLATFORMS
def test_the_last_use_of_a_times_card_goes_to_one(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, "times_card", uses=3)
    chain.ask(bought, chain.clerk, uses=2)
    results = together(*[lambda who=who: chain.ask(bought, who) for who in desks(chain, 5)])

    done = [one for one in results if not isinstance(one, Exception)]
    assert [one.state for one in done] == [State.COMPLETED]
    assert chain.consumed(bought) == 3
    assert [course.uses_total for course in chain.rows(CourseOrder)] == [2, 1]


def test_two_certificates_of_one_new_phone_make_one_member(chain: Chain) -> None:
    bought = [chain.buy("meituan"), chain.buy("douyin"), chain.buy("meituan", "lessons"),
              chain.buy("douyin", "lessons")]
    results = together(*[lambda one=one: chain.ask(one, chain.clerk, phone=OTHER_PHONE)
                         for one in bought])
    assert {one.state for one in results} == {State.COMPLETED}
    assert len(chain.rows(Member)) == 1
    assert len(chain.rows(Entitlement)) == 4


def test_two_renewals_at_once_both_count(chain: Chain) -> None:
    card = chain.card(ends_in=3)
    bought = [chain.buy(platform, "renewal") for platform in ("meituan", "douyin") * 3]
    results = together(*[
        lambda one=one: chain.ask(one, chain.clerk, choice=f"renew:{card}") for one in bought])
    assert {one.state for one in results} == {State.COMPLETED}
    (row,) = chain.rows(MemberCard)
    assert row.ends_on == chain.today + timedelta(days=3 + 6 * 30)
    ends = [one.after["ends_on"] for one in chain.rows(Entitlement)]
    assert len(set(ends)) == 6


def test_the_same_key_five_times_is_one_redemption(chain: Chain) -> None:
    bought = chain.buy()
    asked = RedeemRequest(code=bought.code, phone=PHONE)
    results = together(*[
        lambda: chain.services.redeem.request(asked, chain.clerk, key=Key()) for _ in range(5)])
    assert len({one.ref for one in results}) == 1
    assert chain.consumed(bought) == 1
    again = chain.services.redeem.request(asked, chain.clerk, key=Key())
    assert (again.ref, again.state) == (results[0].ref, State.COMPLETED)


def test_the_same_key_with_another_body_is_a_conflict(chain: Chain) -> None:
    asked = RedeemRequest(code=chain.buy().code, phone=PHONE)
    chain.services.redeem.request(asked, chain.clerk, key=Key())
    with pytest.raises(Conflict) as caught:
        chain.services.redeem.request(asked, chain.clerk, key=Key(fingerprint="0" * 64))
    assert caught.value.word == "idempotency_conflict"


def test_keys_of_two_callers_never_meet(chain: Chain) -> None:
    one, two = chain.buy(), chain.buy()
    redeem = chain.services.redeem
    first = redeem.request(RedeemRequest(code=one.code, phone=PHONE), chain.clerk, key=Key())
    second = redeem.request(RedeemRequest(code=two.code, phone=PHONE), chain.manager,
                            key=Key(scope="staff:2", fingerprint="0" * 64))
    assert first.ref != second.ref


def test_a_refused_request_keeps_no_key(chain: Chain) -> None:
    """The change was not made, so the same key may be used to try again."""
    bought = chain.buy("meituan", "unmapped")
    with pytest.raises(VoucherError):
        chain.services.redeem.request(RedeemRequest(code=bought.code, phone=PHONE), chain.clerk,
                                      key=Key())
    good = chain.services.redeem.request(RedeemRequest(code=chain.buy().code, phone=PHONE),
                                         chain.clerk, key=Key(fingerprint="1" * 64))
    assert good.state is State.COMPLETED


_services: list[Services] = []


def begin(settings: Settings) -> None:
    """In a fresh process: its own services."""
    _services.append(build(settings))


def redeem_here(code: str, phone: str, actor: Actor) -> str:
    """One redemption; the word of how it ended."""
    try:
        view = _services[0].redeem.request(RedeemRequest(code=code, phone=phone), actor)
    except HexiaotaiError as error:
        return error.word
    return view.state.value


@pytest.fixture
def processes(chain: Chain) -> Iterator[ProcessPoolExecutor]:
    """Four processes, each with services of its own, like four web workers."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=context, initializer=begin,
                             initargs=(chain.services.settings,)) as pool:
        yield pool


def test_twenty_clients_of_four_processes_on_one_certificate(
        chain: Chain, processes: ProcessPoolExecutor) -> None:
    bought = chain.buy("douyin")
    words = [one.result(60) for one in
             [processes.submit(redeem_here, bought.code, PHONE, who)
              for who in desks(chain, 20)]]
    assert words.count("completed") == 1
    assert set(words) <= {"completed", "in_progress", "already_redeemed"}
    assert chain.consumed(bought) == 1
    assert len(chain.rows(Entitlement)) == 1


def test_processes_agree_on_one_new_member(chain: Chain,
                                           processes: ProcessPoolExecutor) -> None:
    bought = [chain.buy(platform) for platform in ("meituan", "douyin") * 4]
    words = [one.result(60) for one in
             [processes.submit(redeem_here, each.code, PHONE, chain.clerk) for each in bought]]
    assert words == ["completed"] * 8
    assert len(chain.rows(Member)) == 1
    assert {row.state for row in chain.rows(Redemption)} == {"completed"}
    # Whoever came first found no card to renew; everybody later may have.
    assert sum(card.ends_on.toordinal() - chain.today.toordinal()
               for card in chain.rows(MemberCard)) == 8 * 30
