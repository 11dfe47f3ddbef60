"""The shop grows, the work does not: what a request, a chat command or a job asks of the database
takes as many steps with thousands of customers as it took with few.

Every piece of work is done twice, and between the two the shop gains MORE customers, each with a
voucher, a redemption, a card, an order and all else. A statement may take less than half a step
more for each of them; one that counts the rows of a list may walk through those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
import requests
from flask import Flask

from core.demo_keys import new_keys
from core.errors import HexiaotaiError
from core.money import Money
from core.pricing.kinds import ProductType
from core.sandbox.world import World
from core.services.actor import Actor
from core.services.pricing.price import PriceRequest, Wanted
from core.services.sign_in import SESSION_COOKIE
from core.store import merging
from core.store.tables import Member, PriceProduct, Voucher
from jobs.schedule import PERIODIC, Periodic
from tests.builders import Bought, Chain, a_chain, ready, settings_for
from tests.growth import Past, Steps, counted
from tests.services.sync.stage import check, refund, sync
from tests.web import desk_of

FEW, MORE = 120, 1500
COUNTING = 20
"""Steps that a list's total may take for each row it counts."""
GOES_THROUGH_THE_BOOKS = {
    "purge", "purge_codes", "archive_codes", "prove_tallies", "check_counters"}
"""Jobs of the night."""
ABOUT_ALL = re.compile(
    r"export|statistics|/stats"  # sums, and whole books as files
    r"|claim-records"  # the newest thousand on one page
    r"|/scenic/\d+/users")  # whoever ever claimed a code, ranked
"""Routes whose answer is about more rows as there are more."""

Work = Callable[["Shop"], Any]


@dataclass
class Shop:
    """A chain whose customers, codes and phones are new each time."""

    chain: Chain
    app: Flask
    _tokens: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def phone(self) -> str:
        return f"136{next(self._numbers):08d}"

    def member(self) -> Actor:
        """Somebody new."""
        phone = self.phone()
        with self.chain.store.connection():
            made = Member.create(phone=phone, phone_tail=phone[-4:], name="新客",
                                 created_at=self.chain.clock.now())
        return Actor("member", int(made.id), "mini", name="新客")

    def redeemed(self) -> Bought:
        bought = self.chain.buy()
        self.chain.redeem(bought, phone=self.phone())
        return bought

    def _token(self, who: str) -> str:
        sign_in = self.chain.services.sign_in
        if who not in self._tokens:
            with self.chain.store.connection():
                self._tokens[who] = (
                    sign_in.begin_for_member(self.member()) if who == "member" else
                    sign_in.open_for_staff(getattr(self.chain, who).id, "desk")).token
        return self._tokens[who]

    def get(self, path: str, who: str) -> None:
        """A page or list, as somebody sees it."""
        token, client = self._token(who), self.app.test_client()
        if path.startswith("/desk"):
            client.set_cookie(SESSION_COOKIE, token, httponly=True)
            answer = client.get(path)
        else:
            answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code != 500, path
        answer.close()


def redeem_and_undo(shop: Shop) -> None:
    asked = shop.chain.ask(shop.chain.buy(), phone=shop.phone())
    done = shop.chain.services.redeem.confirm(asked.ref, shop.chain.clerk)
    shop.chain.services.redeem.undo(done.ref, shop.chain.clerk)


def scan_a_used_one(shop: Shop) -> None:
    with suppress(HexiaotaiError):
        shop.chain.services.redeem.inspect(shop.redeemed().code, shop.chain.kiosk)


def find_by_code(shop: Shop) -> None:
    shop.chain.services.redeem.find(shop.redeemed().code, shop.chain.clerk)


def find_by_ticket(shop: Shop) -> None:
    done = shop.chain.redeem(shop.chain.buy(), phone=shop.phone())
    shop.chain.services.redeem.find(done.ticket, shop.chain.clerk)


def undo_by_code(shop: Shop) -> None:
    shop.chain.services.redeem.undo_code(shop.redeemed().code, shop.chain.clerk)


def see_by_code(shop: Shop) -> None:
    shop.chain.services.vouchers.by_code(shop.redeemed().code, shop.chain.clerk)


def todays_takings(shop: Shop) -> None:
    shop.chain.services.cashbook.day(shop.chain.clerk)


def sync_one_page(shop: Shop) -> None:
    shop.chain.buy()
    sync(shop.chain)
    check(shop.chain)


def told_of_a_refund(shop: Shop) -> None:
    bought = shop.redeemed()
    refund(shop.chain, bought)
    sent = requests.get(f"{shop.chain.sandbox_url}/_sandbox/webhooks", timeout=10).json()
    body = next(one["body"] for one in sent["last"] if one["platform"] == "meituan")
    shop.chain.services.platforms.callbacks.meituan(body.encode())
    check(shop.chain)


def price_a_cart(shop: Shop) -> None:
    shop.chain.services.pricing.price.calculate(PriceRequest(
        (Wanted(ProductType.PHOTO_SET, "default", 1),), scenic_id=shop.chain.binjiang),
        shop.member())


def reconcile_a_day(shop: Shop) -> None:
    shop.chain.services.operations.reconcile.due()


def merge_two_members(shop: Shop) -> None:
    gone, keep, at = shop.member().id, shop.member().id, shop.chain.clock.now()
    shop.chain.store.transact("test.merge", lambda: merging.move_everything(gone, keep, at))


WORK: dict[str, Work] = {
    work.__name__: work for work in (
        redeem_and_undo, scan_a_used_one, find_by_code, find_by_ticket, undo_by_code, see_by_code,
        todays_takings, sync_one_page, told_of_a_refund, price_a_cart, reconcile_a_day,
        merge_two_members)}


JOBS = {job.name: job for job in PERIODIC if job.name not in GOES_THROUGH_THE_BOOKS}


def lists(app: Flask) -> dict[str, Work]:
    """Every page of the desk and every GET route, as those see it who may see much; some with the
    filters of the desk."""
    paths = sorted(path for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
                   and not ABOUT_ALL.search(path := re.sub(r"<[^>]*>", "1", rule.rule)))
    paths += [f"/api/v1/redemptions?state={state}" for state in ("completed", "manual")]
    paths += ["/api/v1/tasks?state=open", "/api/v1/alerts?open=1",
              "/api/v1/audit?subject_kind=redemption", "/api/v1/vouchers?keyword=0000",
              "/api/v1/vouchers?keyword=99999999999", "/api/pricing/orders?status=paid"]
    found: dict[str, Work] = {
        f"{path} for a {who}": partial(Shop.get, path=path, who=who)
        for path in paths for who in ("owner", "manager", "member")
        if (who == "member") == ("/mini/" in path)}
    return found | {f"{name} for a {who}": partial(asked, who=who)
                    for name, asked in (("codes", codes), ("uses of codes", uses_of_codes))
                    for who in ("owner", "manager")}


def codes(shop: Shop, who: str) -> None:
    shop.chain.services.pricing.codes.page(
        getattr(shop.chain, who), page=1, page_size=20, scenic_id=shop.chain.binjiang, status=1)


def uses_of_codes(shop: Shop, who: str) -> None:
    shop.chain.services.pricing.usage.history(getattr(shop.chain, who), page=1, page_size=20)


def the_platform_for_a_key(shop: Shop) -> None:
    """A certificate by its id or code, as it was once asked for: SQLite, which knows nothing of
    how values are spread, looks up by the platform and reads all it has."""
    with shop.chain.store.connection():
        list(Voucher.select().where(
            (Voucher.platform == shop.chain.platforms["meituan"])
            & ((Voucher.certificate_id == "7") | (Voucher.voucher_no == "7")
               | (Voucher.voucher_no == "8"))))


@dataclass(frozen=True)
class Twice:
    """The steps of one piece of work, with few customers and with more."""

    few: Steps
    more: Steps

    def grown(self) -> dict[str, int]:
        """Statements that take more steps now, and how many more."""
        return {sql: steps - self.few.of[sql] for sql, steps in self.more.of.items()
                if steps - self.few.of[sql] > MORE * (COUNTING if "COUNT(" in sql else 0.5)}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, world: World,
             running_sandbox: str) -> Iterator[dict[str, Twice]]:
    folder = tmp_path_factory.mktemp("growth")
    environment = {"HX_MODE": "test", "DATA_DIR": str(folder), **new_keys()}
    settings = settings_for(environment, f"sqlite:///{folder}/hexiaotai.db", running_sandbox)
    ready(settings)
    chain = a_chain(settings, world, running_sandbox)
    with chain.store.connection():
        PriceProduct.create(product_type="PHOTO_SET", base_price_fen=Money(128_00),
                            created_at=chain.clock.now(), updated_at=chain.clock.now())
    shop = Shop(chain, desk_of(chain.services))
    past, work = Past(chain), WORK | lists(shop.app) | {"control": the_platform_for_a_key} | {
        name: partial(_run, job) for name, job in JOBS.items()}
    past.come(FEW)
    few = {name: _steps(shop, do) for name, do in work.items()}
    past.come(MORE)
    yield {name: Twice(few[name], _steps(shop, do)) for name, do in work.items()}
    chain.store.close()


def _run(job: Periodic, shop: Shop) -> None:
    job.run(shop.chain.services)


def _steps(shop: Shop, do: Work) -> Steps:
    do(shop)  # what the first time only has to learn
    with counted(shop.chain) as steps:
        do(shop)
    return steps


@pytest.mark.parametrize("work", WORK)
def test_what_people_do(measured: dict[str, Twice], work: str) -> None:
    assert measured[work].grown() == {}


@pytest.mark.parametrize("job", JOBS)
def test_what_the_clock_does(measured: dict[str, Twice], job: str) -> None:
    assert measured[job].grown() == {}


def test_every_list(measured: dict[str, Twice]) -> None:
    grown = {name: twice.grown() for name, twice in measured.items()
             if name not in {*WORK, *JOBS, "control"}}
    assert len(grown) > 100
    assert {name: more for name, more in grown.items() if more} == {}


def test_a_statement_that_reads_everything_is_found(measured: dict[str, Twice]) -> None:
    assert measured["control"].grown() != {}
