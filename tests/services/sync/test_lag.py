"""A simulated day of buyers: nothing that happens at a platform is unknown here for 15 minutes.

The clock is shifted, not slept: the schedule's runs come at their times, in every order the dice
make of buyers and runs. A change that Meituan pushes and nobody receives waits for the hourly
run (S178): the only thing that may take longer, and it is measured too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from core.sandbox.world import World
from core.store.tables import Voucher
from core.vouchers.redemption import VoucherStatus
from tests.builders import Bought, Chain
from tests.operations.post import Post
from tests.services.sync.stage import check, refund, sync

STEP = timedelta(minutes=1)
DAY = 24 * 60
MOST = timedelta(minutes=15)


@dataclass
class Waiting:
    """Something that happened at a platform and is not in our books yet."""

    bought: Bought
    status: VoucherStatus
    since: datetime


@dataclass
class Watched:
    """How long each kind of event took."""

    waiting: list[Waiting] = field(default_factory=list)
    lags: dict[str, list[timedelta]] = field(default_factory=dict)

    def look(self, chain: Chain, at: datetime) -> None:
        left = []
        for one in self.waiting:
            rows = chain.rows(Voucher, (Voucher.certificate_id == one.bought.certificate_id)
                              | (Voucher.voucher_no == one.bought.code))
            if rows and rows[0].status == one.status:
                name = f"{one.bought.platform} {one.status.name.lower()}"
                self.lags.setdefault(name, []).append(at - one.since)
            else:
                left.append(one)
        self.waiting = left


@pytest.mark.parametrize("seed", [1])
def test_a_day_of_buyers_is_known_within_a_quarter_of_an_hour(chain: Chain, world: World,
                                                              seed: int) -> None:
    dice, watched = random.Random(seed), Watched()
    post = Post(chain, world, random.Random(seed + 1))
    unused: list[Bought] = []
    sync(chain)
    for minute in range(DAY):
        chain.pass_time(STEP)
        if dice.random() < 0.03:
            platform = dice.choice(["meituan", "douyin"])
            if unused and dice.random() < 0.4:
                changed = unused.pop(dice.randrange(len(unused)))
                refund(chain, changed)
                watched.waiting = [one for one in watched.waiting if one.bought != changed]
                watched.waiting.append(Waiting(changed, VoucherStatus.REFUNDED,
                                               chain.clock.now()))
            else:
                unused.append(chain.buy(platform))
                watched.waiting.append(Waiting(unused[-1], VoucherStatus.UNUSED,
                                               chain.clock.now()))
            if dice.random() < 0.5:
                post.comes()
        for every, kind in ((5, "incremental"), (15, "sweep"), (60, "status")):
            if (minute + seed) % every == 0:
                sync(chain, kind)
        if watched.waiting:
            check(chain)
            watched.look(chain, chain.clock.now())
    longest = {name: max(lags) for name, lags in watched.lags.items()}
    assert len(longest) == 4 and max(longest.values()) <= MOST, longest
    assert all(chain.clock.now() - one.since <= MOST for one in watched.waiting)
    print({name: f"{len(watched.lags[name])} events, longest {lag}" for name, lag in
           longest.items()})
