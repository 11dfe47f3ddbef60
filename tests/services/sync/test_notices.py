"""Webhooks late, twice, in any order, forged or changed on the way: the books end the same.

Whatever reaches us, the end depends only on what truly happened at the platform.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotAllowed
from core.sandbox.courier import douyin_signature
from core.sandbox.world import World
from core.services import trouble
from core.store import entitlements
from core.store.tables import Entitlement, InboundMessage, Redemption, SyncedOrder, Task
from tests.builders import Bought, Chain
from tests.services.sync.stage import check, differences, refund, somebody_else, sync, voucher

LIVES = ((), ("refund",), ("ours",), ("ours", "refund"), ("ours", "undo"),
         ("ours", "undo", "refund"), ("elsewhere",), ("elsewhere", "refund"))
"""What may happen to a certificate, in its true order."""
ENDS = {"ours": entitlements.ACTIVE, "undo": entitlements.TAKEN_BACK}


@dataclass(frozen=True)
class Notice:
    """A webhook, byte for byte. `signature`: Douyin's header; Meituan signs inside."""

    platform: str
    body: bytes
    signature: str = ""


@dataclass
class Street:
    """The buyers' doings at the platforms, and the post between them and us."""

    chain: Chain
    world: World
    written: list[Notice] = field(default_factory=list)
    refs: dict[str, str] = field(default_factory=dict)

    def happens(self, bought: Bought, event: str) -> None:
        """One true event at the platform, and what it writes to us about it."""
        if event == "ours":
            done = self.chain.redeem(bought, phone=f"137{len(self.refs):08d}")
            self.refs[bought.certificate_id] = done.ref
        elif event == "undo":
            self.chain.services.redeem.undo(self.refs[bought.certificate_id], self.chain.clerk, "")
        elif event == "elsewhere":
            other = somebody_else(self.chain, self.world, bought.platform)
            other.platform.consume(other.intent(bought), other.shop)
        else:
            refund(self.chain, bought)
        self.collect()

    def collect(self) -> None:
        """What the platforms have written since the last time."""
        sent = requests.get(f"{self.chain.sandbox_url}/_sandbox/webhooks", timeout=10).json()
        known = {one.body for one in self.written}
        for row in reversed(sent["last"]):
            body = row["body"].encode()
            if body not in known:
                self.written.append(Notice(row["platform"], body, self._signature(row, body)))

    def _signature(self, row: dict[str, str], body: bytes) -> str:
        secret = self.world.douyin.client_secret
        return douyin_signature(secret, body) if row["platform"] == "douyin" else ""

    def deliver(self, notice: Notice) -> None:
        take = self.chain.services.platforms.callbacks
        if notice.platform == "douyin":
            take.douyin(notice.body, notice.signature)
        else:
            assert take.meituan(notice.body)["code"] == 0

    def until_nothing_is_due(self) -> None:
        """The minutes and hours after: everything put off has had its turn."""
        for _ in range(40):
            due = [row.check_at for row in self.chain.rows(SyncedOrder) if row.check_at]
            if not due:
                return
            self.chain.pass_time(max(min(due) - self.chain.clock.now(), timedelta())
                                 + timedelta(seconds=1))
            check(self.chain)
        raise AssertionError("some order stays due for ever")


def spoilt(notice: Notice, at: int) -> Notice:
    """The same with one byte changed on the way."""
    body = bytearray(notice.body)
    body[at % len(body)] ^= 1
    return Notice(notice.platform, bytes(body), notice.signature)


def must_be_right(street: Street, lives: list[tuple[Bought, tuple[str, ...]]]) -> None:
    """Vouchers as the ledger says, and what was given as the events say."""
    chain = street.chain
    assert differences(chain, *[bought for bought, _ in lives]) == []
    asked = {row.subject_id for row in chain.rows(Task, Task.kind == trouble.REFUND_AFTER_USE)}
    assert len(chain.rows(Task, Task.kind == trouble.REFUND_AFTER_USE)) == len(asked)
    for bought, life in lives:
        row = voucher(chain, bought) if "undo" not in life else None
        refunded = life == ("ours", "refund")
        if row is not None:
            assert (row.id in asked) == refunded, life
        if "ours" in life:
            ref = street.refs[bought.certificate_id]
            (given_,) = chain.rows(Entitlement, Entitlement.redemption.in_(
                Redemption.select(Redemption.id).where(Redemption.ref == ref)))
            ends = entitlements.FROZEN if refunded else ENDS[life[1] if len(life) > 1 else "ours"]
            assert given_.status == ends, life


@given(data=st.data())
@settings(max_examples=10, deadline=None, derandomize=True,
          phases=(Phase.explicit, Phase.generate),  # an example takes seconds: too slow to shrink
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_end_depends_only_on_what_truly_happened(chain: Chain, world: World,
                                                     data: st.DataObject) -> None:
    street = Street(chain, world)
    street.collect()
    before = len(street.written)
    lives = [(chain.buy(platform), data.draw(st.sampled_from(LIVES), label=platform))
             for platform in ("meituan", "douyin", "meituan", "douyin")]
    street.collect()
    if data.draw(st.booleans(), label="listed first"):
        sync(chain)
    else:  # Meituan tells what an order is only in its list by time, or to whoever scans
        lives = [one for one in lives if "ours" in one[1] or one[0].platform == "douyin"]
    steps = data.draw(st.permutations([number for number, (_, life) in enumerate(lives)
                                       for _ in life]), label="order of events")
    left = [list(life) for _, life in lives]
    for number in steps:
        street.happens(lives[number][0], left[number].pop(0))
        mine = street.written[before:]
        for notice in data.draw(st.lists(st.sampled_from(mine), max_size=4), label="early post"):
            street.deliver(notice)
        if data.draw(st.booleans(), label="asked now"):
            chain.pass_time(timedelta(seconds=data.draw(st.integers(0, 100), label="later")))
            check(chain)
    mine = street.written[before:]
    copies = data.draw(st.lists(st.integers(1, 3), min_size=len(mine), max_size=len(mine)))
    post = [notice for notice, times in zip(mine, copies, strict=True) for _ in range(times)]
    for place, notice in enumerate(data.draw(st.permutations(post), label="late post")):
        with pytest.raises((NotAllowed, InvalidInput)):
            street.deliver(spoilt(notice, data.draw(st.integers(0, 5000), label="spoilt byte")))
        street.deliver(notice)
        if place % 3 == 2:
            check(chain)
    street.until_nothing_is_due()
    must_be_right(street, lives)
    for notice in reversed(post):
        street.deliver(notice)
    street.until_nothing_is_due()
    must_be_right(street, lives)


def test_a_refund_that_is_told_before_our_own_verification_ends_frozen(chain: Chain,
                                                                       world: World) -> None:
    """The notice of the refund overtakes everything, that of our use comes last."""
    street, bought = Street(chain, world), chain.buy("douyin")
    street.happens(bought, "ours")
    use = street.written[-1]
    street.happens(bought, "refund")
    street.deliver(street.written[-1])
    check(chain)
    street.deliver(use)
    check(chain)
    must_be_right(street, [(bought, ("ours", "refund"))])


@pytest.mark.parametrize("platform", ["meituan", "douyin"])
def test_a_repeated_notice_is_remembered_by_its_bytes_not_by_its_name(
        chain: Chain, world: World, platform: str) -> None:
    """A forger who knows a message's id can neither make us deaf for the true one nor apply it
    twice: only what the signature covers counts."""
    street, bought = Street(chain, world), chain.buy(platform)
    sync(chain)
    street.collect()
    told = len(street.written)
    street.happens(bought, "elsewhere")
    (notice,) = street.written[told:]
    forged = (Notice(platform, notice.body, "0" * 40) if platform == "douyin" else
              Notice(platform, notice.body + b"&msgType=1"))
    for _ in range(2):
        with pytest.raises((NotAllowed, InvalidInput)):
            street.deliver(forged)
    before = len(chain.rows(InboundMessage))
    for _ in range(3):
        street.deliver(notice)
    assert len(chain.rows(InboundMessage)) == before + 1
    check(chain)
    assert voucher(chain, bought).uses_used == 1


def test_a_notice_that_is_signed_with_another_apps_secret_is_refused(chain: Chain,
                                                                     world: World) -> None:
    body = json.dumps({"event": "life_trade_certificate_notify", "content": "{}"}).encode()
    with pytest.raises(NotAllowed):
        chain.services.platforms.callbacks.douyin(body, douyin_signature("another", body))
    chain.services.platforms.callbacks.douyin(
        body, douyin_signature(world.douyin.client_secret, body))
