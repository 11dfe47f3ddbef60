"""A month of a shop, day by day: what the books differ in is exactly what was done to them.

The clock is shifted, not slept. Days: sales, undos and refunds on both platforms; webhooks of
which a third never comes; injected differences of every kind; a day without each platform, two
without its history, two without Redis, and days on which no job ran.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
import requests

from core.clock import day_starts
from core.errors import HexiaotaiError
from core.services.finding_fixes import Wish
from core.services.reconciliation_views import FIXES
from core.store import entitlements
from core.store.tables import (
    Entitlement,
    Finding,
    PlatformShop,
    Reconciliation,
    Redemption,
    SyncRun,
    Task,
)
from core.vouchers.redemption import State
from jobs import work
from jobs.queues import Nudges
from jobs.schedule import PERIODIC
from tests.bot.conftest import Stage
from tests.bot.talk import Talk
from tests.builders import Chain
from tests.operations.injected import (
    at_their_till,
    cancelled_here,
    cancelled_there,
    lost_there,
    other_amount,
)
from tests.operations.post import Post
from tests.running import until

DAYS = 30
PLATFORMS = ("meituan", "douyin")
HISTORY = {"meituan": "/ddzh/tuangou/receipt/querylistbydate",
           "douyin": "/goodlife/v1/fulfilment/certificate/verify_record/query/"}
UNREADABLE = {"meituan": (8, 9), "douyin": (15, 16)}
"""Days on which a platform does not let us read its history."""
OUT = {4: "meituan", 11: "douyin"}
"""Days on which a platform answers nothing at all."""
NO_REDIS = "redis://127.0.0.1:1"
REDIS_DEAD = (24, 25)
NOBODY = (20, 21, 22, *REDIS_DEAD)
"""Days on which no job ran: the scheduler was off, or had no Redis."""

Expected = dict[tuple[date, str], Counter[str]]


class Month:
    """The shop's days, and what they owe each other."""

    def __init__(self, chain: Chain, chat: Talk, stage: Stage, seed: int) -> None:
        self.chain = chain
        self.chat = chat
        self.dice = random.Random(seed)
        self.post = Post(chain, stage.world, random.Random(seed + 1))
        self.expected: Expected = {}
        self.did: Counter[str] = Counter()

    def phone(self) -> str:
        return f"138{self.dice.randrange(10**8):08d}"

    def sold(self, platform: str) -> None:
        """An ordinary day's business: what the books must agree about by themselves."""
        chain = self.chain
        chain.redeem(chain.buy(platform), phone=self.phone())
        if self.dice.random() < 0.4:
            undone = chain.redeem(chain.buy(platform, "lessons"))
            chain.services.redeem.undo(undone.ref, chain.clerk, "")
            self.did["undone"] += 1
        if self.dice.random() < 0.3:
            chain.control("refunds", {"certificate_id": chain.buy(platform).certificate_id})
            self.did["refunded unused"] += 1
        if self.dice.random() < 0.3:
            used = chain.buy(platform)
            chain.redeem(used, phone=self.phone())
            chain.control("refunds", {"certificate_id": used.certificate_id})
            self.did["refunded used"] += 1

    def mishap(self, platform: str) -> None:
        """One difference between the books, perhaps."""
        chain, mine = self.chain, self.expected.setdefault((self.chain.today, platform), Counter())
        for kind in self.dice.sample(["till", "there", "here", "lost", "amount"],
                                     self.dice.choice([0, 1])):
            if kind == "till":
                at_their_till(chain, chain.buy(platform, "season_card"))
                mine["platform_only"] += 1
                continue
            done = chain.redeem(chain.buy(platform, "lessons"))
            if kind == "there":
                cancelled_there(chain, done)
                mine["cancelled_there"] += 1
            elif kind == "here":
                cancelled_here(chain, done)
                mine["cancelled_here"] += 1
            elif kind == "lost":
                lost_there(chain, done)
                mine.update(local_only=1, platform_only=1)
            else:
                other_amount(chain, done, 1)
                mine["amount_differs"] += 1

    def out(self, platform: str) -> None:
        """The platform dies while staff confirm; members who come later are sent away."""
        chain = self.chain
        asked = chain.ask(chain.buy(platform), phone=self.phone())
        later = chain.buy(platform)
        self.chat.fault(platform, "*", "http_500", count=100_000)
        assert chain.services.redeem.confirm(asked.ref, chain.clerk).state is not State.COMPLETED
        with pytest.raises(HexiaotaiError):
            chain.redeem(later, phone=self.phone())
        self.jobs()
        self.chat.behave()
        until(lambda: self._answers(platform), f"{platform} to be tried again")
        for _ in range(4):
            chain.pass_time(timedelta(minutes=20))
            chain.services.settle.run()
        assert chain.row(asked).state == State.COMPLETED
        self.did["outages"] += 1

    def _answers(self, platform: str) -> bool:
        """The breaker lets calls through again."""
        try:
            self.chain.ask(self.chain.buy(platform), phone=self.phone())
        except HexiaotaiError:
            return False
        return True

    def jobs(self) -> None:
        """Every job of the schedule has its turn."""
        for job in PERIODIC:
            work.periodic(job.name)

    def found(self) -> Expected:
        """Every open finding, by the day and platform of its reconciliation."""
        with self.chain.store.connection():
            names = {row.id: (row.day, row.platform.platform_code)
                     for row in Reconciliation.select()}
        counted: Expected = {}
        for row in self.chain.rows(Finding, Finding.state == "open"):
            counted.setdefault(names[row.reconciliation_id], Counter())[row.kind] += 1
        return counted

    def fix_all(self) -> int:
        """One press for each, the usual fix first."""
        rows = self.chain.rows(Finding, Finding.state == "open")
        for number, row in enumerate(rows):
            self.chain.services.operations.fixes.fix(row.id, Wish(
                FIXES[row.kind][0], reason="对过了", phone=f"139{number:08d}"), self.chain.manager)
        return len(rows)


def keep_authorised(chain: Chain, stage: Stage) -> None:
    """Tokens end within the month: shops and customer know how to renew theirs."""
    ends = chain.clock.now() + timedelta(days=7)
    with chain.store.connection():
        for shop in (*stage.world.meituan.shops, stage.world.meituan.customer):
            PlatformShop.update(refresh_token=shop.refresh_token, token_expires_at=ends).where(
                PlatformShop.account_id == shop.op_biz_code).execute()


def to_ten_in_the_morning(chain: Chain) -> None:
    tomorrow = day_starts(chain.today + timedelta(days=1)) + timedelta(hours=10)
    chain.pass_time(tomorrow - chain.clock.now())


@pytest.mark.parametrize("seed", [1])
def test_each_day_finds_exactly_what_was_done_to_the_books(
        chain: Chain, chat: Talk, stage: Stage, worker: None, redis_url: str, seed: int) -> None:
    keep_authorised(chain, stage)
    month, total, fixed = Month(chain, chat, stage, seed), Counter[str](), 0
    to_ten_in_the_morning(chain)
    month.jobs()
    for number in range(DAYS):
        chain.on_nudge = Nudges(NO_REDIS if number in REDIS_DEAD else redis_url)
        for platform in PLATFORMS:
            month.sold(platform)
            month.mishap(platform)
        if number in OUT:
            month.out(OUT[number])
        month.post.comes()
        to_ten_in_the_morning(chain)
        for platform, days in UNREADABLE.items():
            if number == days[0]:
                chat.fault("*", HISTORY[platform], "token_expired", count=10_000)
            elif number == days[1]:
                chat.behave()
                chain.pass_time(timedelta(hours=1))
        if number in NOBODY:
            continue
        month.jobs()
        if any(number == days[0] for days in UNREADABLE.values()):
            continue
        waiting = {key: kinds for key, kinds in month.expected.items() if kinds}
        assert month.found() == waiting, f"day {number}"
        total += sum(waiting.values(), Counter())
        fixed += month.fix_all()
        month.expected.clear()
    for day in {row.day for row in chain.rows(Reconciliation)}:
        for platform in PLATFORMS:
            assert chain.services.operations.reconcile.run(
                chain.binjiang, platform, day, chain.manager).open == 0
    assert fixed == sum(total.values()) >= 10 and len(total) == 5
    must_have_come_right(chain, month)
    print(f"{DAYS} days, {dict(total)} found and fixed; {dict(month.did)}; "
          f"{month.post.came} webhooks came, {month.post.lost} never did")


def must_have_come_right(chain: Chain, month: Month) -> None:
    """What webhooks lost and outages left behind was made good by the jobs."""
    assert month.post.lost > 10 and month.did["refunded used"] > 3 and month.did["outages"] == 2
    assert {run.state for run in chain.rows(SyncRun)[-3:]} == {"done"}
    assert not chain.rows(Redemption, Redemption.state.in_(
        [State.UNCERTAIN.value, State.VERIFYING.value, State.UNDO_UNCERTAIN.value]))
    frozen = chain.rows(Entitlement, Entitlement.status == entitlements.FROZEN)
    told = chain.rows(Task, Task.kind == "refund_after_use")
    assert len(frozen) == len(told) == month.did["refunded used"]
    answer = requests.get(f"{chain.sandbox_url}/_sandbox/ledger", timeout=60).json()
    differ = chain.services.platforms.ledger.compare(answer["certificates"]).differences
    assert [str(one) for one in differ] == []
