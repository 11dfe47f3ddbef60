"""One client_token for everybody, replaced in time, by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import PlatformBusy, PlatformMisconfigured, PlatformUnknown
from core.platforms.deadline import budget
from core.platforms.douyin_token import AccessToken, ClientToken, MemoryTokenStore
from core.platforms.http import ATTEMPTS
from tests.platforms.stage import ShiftedClock, Stage

TOKEN = "/oauth/client_token"
LIFE = timedelta(hours=2)


class Issuer:
    """The platform's side: counts, and may be slow or away."""

    def __init__(self, clock: ShiftedClock) -> None:
        self.clock = clock
        self.issued = 0
        self.asked = threading.Event()
        self.gate: threading.Event | None = None
        self.away = False

    def __call__(self) -> AccessToken:
        self.asked.set()
        if self.gate is not None:
            assert self.gate.wait(10)
        if self.away:
            raise PlatformUnknown("douyin")
        self.issued += 1
        return AccessToken(f"clt.{self.issued}", self.clock.now() + LIFE)


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def issuer(clock: ShiftedClock) -> Issuer:
    return Issuer(clock)


@pytest.fixture
def store() -> MemoryTokenStore:
    return MemoryTokenStore()


@pytest.fixture
def token(issuer: Issuer, store: MemoryTokenStore, clock: ShiftedClock) -> ClientToken:
    return ClientToken("app", store, issuer, clock)


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_threads_fetch_once(token: ClientToken, issuer: Issuer) -> None:
    issuer.gate = threading.Event()
    threading.Timer(0.1, issuer.gate.set).start()
    assert in_threads(20, token.value) == ["clt.1"] * 20
    assert issuer.issued == 1


def test_twenty_threads_whose_token_is_refused_fetch_once(token: ClientToken,
                                                          issuer: Issuer) -> None:
    old = token.value()
    assert in_threads(20, lambda: token.value(refused=old)) == ["clt.2"] * 20
    assert issuer.issued == 2


def test_a_late_refusal_of_the_old_token_keeps_the_new_one(token: ClientToken,
                                                           issuer: Issuer) -> None:
    old = token.value()
    assert token.value(refused=old) == "clt.2"
    assert token.value(refused=old) == "clt.2"
    assert issuer.issued == 2


def test_processes_share_one_token(issuer: Issuer, store: MemoryTokenStore,
                                   clock: ShiftedClock) -> None:
    workers = [ClientToken("app", store, issuer, clock) for _ in range(3)]
    assert [worker.value() for worker in workers] == ["clt.1"] * 3
    assert workers[0].value(refused="clt.1") == "clt.2"
    assert workers[1].value(refused="clt.1") == "clt.2"
    assert issuer.issued == 2


def test_a_second_process_waits_for_the_first_ones_fetch(issuer: Issuer, store: MemoryTokenStore,
                                                         clock: ShiftedClock) -> None:
    issuer.gate = threading.Event()
    workers = iter([ClientToken("app", store, issuer, clock) for _ in range(4)])
    threading.Timer(0.2, issuer.gate.set).start()
    assert in_threads(4, lambda: next(workers).value()) == ["clt.1"] * 4
    assert issuer.issued == 1


def test_a_process_that_died_while_fetching_blocks_nobody_for_long(
        token: ClientToken, store: MemoryTokenStore) -> None:
    assert store.claim("app", 0.1)  # and never released
    assert token.value() == "clt.1"


def test_waiting_for_another_process_ends_with_the_budget(token: ClientToken,
                                                          store: MemoryTokenStore) -> None:
    assert store.claim("app", 60)
    with budget(0.2), pytest.raises(PlatformBusy) as caught:
        token.value()
    assert caught.value.facts["reason"] == "no_token_yet"


def test_the_token_is_replaced_before_it_ends_and_nobody_waits(
        token: ClientToken, issuer: Issuer, clock: ShiftedClock) -> None:
    token.value()
    clock.shift = LIFE - timedelta(minutes=10)
    issuer.gate = threading.Event()
    issuer.asked.clear()
    refresher = threading.Thread(target=token.value)
    refresher.start()
    assert issuer.asked.wait(10)
    assert token.value() == "clt.1"
    issuer.gate.set()
    refresher.join()
    assert (token.value(), issuer.issued) == ("clt.2", 2)


def test_a_failed_early_fetch_leaves_the_old_token_in_use(token: ClientToken, issuer: Issuer,
                                                          clock: ShiftedClock) -> None:
    token.value()
    clock.shift = LIFE - timedelta(minutes=10)
    issuer.away = True
    assert token.value() == "clt.1"
    issuer.away = False
    assert token.value() == "clt.1"  # not at once again
    clock.shift += timedelta(minutes=1)
    assert token.value() == "clt.2"


def test_an_ended_token_is_never_handed_out(token: ClientToken, issuer: Issuer,
                                            clock: ShiftedClock) -> None:
    token.value()
    clock.shift = LIFE - timedelta(seconds=10)
    issuer.away = True
    with pytest.raises(PlatformUnknown):
        token.value()
    issuer.away = False
    assert token.value() == "clt.2"


def test_twenty_first_calls_at_once_fetch_one_token(douyin: Stage) -> None:
    bought = douyin.buy_one()
    prepared = in_threads(20, lambda: douyin.prepared(bought))
    assert len(prepared) == 20
    assert douyin.calls(TOKEN) == 1


def test_a_token_refused_by_the_platform_is_replaced_and_the_call_repeated(
        douyin: Stage) -> None:
    bought = douyin.buy_one()
    intent = douyin.intent(bought)
    other = replace(douyin, store=MemoryTokenStore())
    for _ in range(2):  # two newer tokens end the first
        other.platform.prepare(other.typed(bought), other.shop)
        other = replace(douyin, store=MemoryTokenStore())
    consumed = douyin.platform.consume(intent, douyin.shop)
    assert len(consumed.uses) == len(douyin.live_uses(bought)) == 1


def test_a_token_that_is_refused_again_is_a_matter_for_staff(douyin: Stage) -> None:
    bought = douyin.buy_one()
    intent = douyin.intent(bought)
    before = douyin.calls(TOKEN)
    douyin.fault("token_expired", "consume")
    with pytest.raises(PlatformMisconfigured) as caught:
        douyin.platform.consume(intent, douyin.shop)
    assert caught.value.facts["reason"] == "token_expired"
    assert douyin.calls(TOKEN) == before + 1


def test_a_wrong_secret_is_a_matter_for_staff(douyin: Stage) -> None:
    wrong = replace(douyin.world.douyin, client_secret="wrong")
    stage = replace(douyin, world=replace(douyin.world, douyin=wrong), store=MemoryTokenStore())
    with pytest.raises(PlatformMisconfigured) as caught:
        stage.prepared(douyin.buy_one())
    assert caught.value.facts["reason"] == "client_secret_wrong"


def test_a_token_that_cannot_be_had_is_not_asked_for_without_end(douyin: Stage) -> None:
    douyin.fault("http_500", "*")
    with pytest.raises(PlatformUnknown):
        douyin.prepared(douyin.buy_one())
    assert douyin.calls(TOKEN) == ATTEMPTS


def test_a_shops_expired_token_is_renewed_where_that_is_possible(meituan: Stage) -> None:
    bought = meituan.buy_one()
    intent = meituan.intent(bought)
    stale = replace(meituan.shop, token="V2-stale")
    with pytest.raises(PlatformMisconfigured) as caught:
        meituan.platform.consume(intent, stale)
    assert caught.value.facts["reason"] == "token_invalid"
    meituan.fault("token_expired", "consume", count=1)
    renewed = meituan.renewing(lambda shop: meituan.shop)
    assert len(renewed.consume(intent, stale).uses) == 1
