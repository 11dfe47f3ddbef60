"""The truth about orders: claim those that are due, ask their platform, write the answers down.

Every way by which we hear of a change (a listing, a notice, our own undo) only makes the order
due, so the books end the same whatever came first, twice or not at all. Any number of askers may
run: a claim gives an order to one, and a mark that comes while he asks takes it from him again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import partial

from peewee import DataError, IntegrityError

from core.clock import Clock
from core.errors import PlatformBusy, PlatformMisconfigured
from core.ids import new_key
from core.platforms.books import PlatformOrder
from core.services.card_uses import CardUses
from core.services.order_answers import Answer, OrderAnswers, Question
from core.services.order_news import OrderNews
from core.services.order_plan import OrderPlan, Situation, plan
from core.services.order_rows import due_of, listed_of, quarantined, row_of
from core.services.platform_books import Books, merchant_of
from core.services.platform_ports import PlatformPorts
from core.store import catalogue, certificates, merchants, orders, quarantine
from core.store.catalogue import ShopRow
from core.store.certificates import Goods, KnownCertificate
from core.store.db import Store
from core.store.merchants import MerchantRow
from core.store.orders import Claim, Ending

LEASE = timedelta(minutes=3)
"""Longer than asking for a batch may take; afterwards its orders are anybody's again."""
BATCH = 200
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
TRIES_UNREADABLE = 3
"""An order whose certificates could not be read this often is set aside, with one alert."""
AFTER_TROUBLE = timedelta(minutes=1)


@dataclass(slots=True)
class CheckReport:
    """Counts of one run. `unanswered`: orders that stay due; `stopped`: the platform refuses us."""

    orders: int = 0
    vouchers_new: int = 0
    vouchers_changed: int = 0
    unanswered: int = 0
    quarantined: int = 0
    stopped: PlatformMisconfigured | None = None

    def add(self, other: CheckReport) -> None:
        for each in fields(self)[:-1]:
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        self.stopped = self.stopped or other.stopped

    def __str__(self) -> str:
        return (f"{self.orders} orders, {self.vouchers_new} new and {self.vouchers_changed} "
                f"changed certificates, {self.unanswered} unanswered")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a platform answered about some orders, and what our books said before. `learned`: uses
    of SKUs whose number of uses nobody knew."""

    answers: Sequence[Answer] = ()
    versions: Mapping[int, datetime] = field(default_factory=dict)
    goods: Mapping[str, Goods] = field(default_factory=dict)
    learned: Mapping[str, int] = field(default_factory=dict)
    merchant: MerchantRow | None = None
    """With the token that worked, where the first one had ended."""


class OrderChecks:
    """`renew` gives a merchant with a fresh token, or None; `nudge` wakes the sender of notices;
    `zone`: of days on which certificates end."""

    def __init__(self, store: Store, clock: Clock, books: Books, ports: PlatformPorts,
                 news: OrderNews, renew: Callable[[MerchantRow], MerchantRow | None],
                 nudge: Callable[[str], None], zone: str) -> None:
        self._store = store
        self._clock = clock
        self._books = books
        self._ports = ports
        self._news = news
        self._renew = renew
        self._nudge = nudge
        self._zone = zone
        self._answers = OrderAnswers()

    def run(self, seconds: float = 40.0, batch: int = BATCH) -> CheckReport:
        """Ask for everything that is due, of every merchant, `batch` at once, for about that
        long."""
        report, ends = CheckReport(), time.monotonic() + seconds
        with self._store.connection():
            for platform_id, account_id in orders.due_merchants(self._clock.now()):
                merchant = merchants.merchant(platform_id, account_id)
                if merchant is not None:
                    report.add(self.ask_due(merchant, ends, batch))
        return report

    def ask_due(self, merchant: MerchantRow, ends: float, batch: int = BATCH) -> CheckReport:
        """Ask for the due orders of one merchant until there are none, or `ends` (monotonic)."""
        report = CheckReport()
        while report.stopped is None and time.monotonic() < ends:
            claim = self.new_claim(merchant)
            if not self._store.transact("checks.claim", partial(
                    orders.take, claim, self._clock.now(), batch)):
                break
            asked = self._ask(merchant, [Question(one, listed_of(one))
                                         for one in orders.claimed(self._store, claim)])
            report.add(self.put_down(merchant, claim, asked))
            merchant = asked.merchant or merchant
        return report

    def new_claim(self, merchant: MerchantRow) -> Claim:
        """A claim that nobody has used, from now on."""
        return Claim(merchant.platform_id, merchant.account_id, new_key(),
                     self._clock.now() + LEASE)

    def ask(self, merchant: MerchantRow, listed: Iterable[PlatformOrder]) -> Asked:
        """Ask for orders as they were listed just now. Their rows need not be there yet."""
        return self._ask(merchant, [Question(due_of(one), one) for one in listed])

    def _ask(self, merchant: MerchantRow, questions: Sequence[Question]) -> Asked:
        books = self._books(merchant.platform_code)
        if books is None or not questions:
            return Asked()
        asked = [one.order for one in questions]
        versions = certificates.versions(self._store, merchant.platform_id,
                                         [one.order_id for one in asked])
        goods = certificates.goods(merchant.platform_id, {one.sku_id for one in asked})
        uses = CardUses(self._ports, partial(self._shops, merchant), goods, books.asking)
        answers = self._answers.ask(books, merchant_of(merchant), questions, uses)
        ended = {one.order.order_id for one in answers if _token_ended(one)}
        fresh = self._renew(merchant) if ended else None
        if fresh is not None:
            answers = [one for one in answers if one.order.order_id not in ended]
            answers += self._answers.ask(books, merchant_of(fresh), [
                one for one in questions if one.order.order_id in ended], uses)
        return Asked(answers, versions, goods, uses.learned, fresh)

    def _shops(self, merchant: MerchantRow) -> list[ShopRow]:
        """Asked for from the threads that ask."""
        with self._store.connection():
            return catalogue.shops(merchant.platform_code)

    def put_down(self, merchant: MerchantRow, claim: Claim, asked: Asked) -> CheckReport:
        """All answers in one transaction; where one of them cannot be stored, each in its own,
        so that it holds up nobody else."""
        try:
            report = self._store.transact("checks.write", lambda: self.write(
                merchant, claim, asked))
        except (DataError, IntegrityError):
            report = self._each(merchant, claim, asked)
        self.stopped(merchant, report)
        return report

    def _each(self, merchant: MerchantRow, claim: Claim, asked: Asked) -> CheckReport:
        report = CheckReport()
        for answer in asked.answers:
            one = replace(asked, answers=[answer])
            try:
                report.add(self._store.transact("checks.write", partial(
                    self.write, merchant, claim, one)))
            except (DataError, IntegrityError):
                self._store.transact("checks.set_aside", partial(
                    self._set_aside, merchant, answer, "cannot_be_stored"))
                report.add(CheckReport(orders=1, unanswered=1, quarantined=1))
        return report

    def stopped(self, merchant: MerchantRow, report: CheckReport) -> None:
        """Tell people if the platform does not let us in: once for all orders."""
        error = report.stopped
        if error is not None:
            self._store.transact("checks.cannot", lambda: self._news.cannot(
                merchant, error, self._clock.now()))
            self._nudge("outbox")

    def write(self, merchant: MerchantRow, claim: Claim, asked: Asked) -> CheckReport:
        """The answers about orders that are still claimed. The caller holds a transaction, after
        which he calls `stopped`."""
        at, platform_id = self._clock.now(), merchant.platform_id
        mine = orders.still_claimed(self._store, claim)
        answers = [answer for answer in asked.answers if answer.order.order_id in mine]
        report = CheckReport(orders=len(answers), stopped=next((
            answer.error for answer in asked.answers
            if isinstance(answer.error, PlatformMisconfigured)), None))
        good = self._with_entries(merchant, claim, [one for one in answers if one.good])
        for sku_id, uses in asked.learned.items():
            certificates.learn_uses(platform_id, sku_id, uses)
        rows = _by_order(good, certificates.known(
            self._store, platform_id, [one.order.order_id for one in good],
            [sold.certificate_id for one in good for sold in one.sold],
            [sold.code for one in good for sold in one.sold if sold.code]))
        ids = [row.id for found in rows.values() for row in found]
        dealings = certificates.dealings(self._store, ids)
        now = Situation(
            at=at, zone=self._zone, platform_id=platform_id,
            goods=self._goods(merchant, good, asked.goods), versions=asked.versions,
            in_flight=dealings.in_flight, ours=dealings.ours)
        plans = [(one, plan(one.order, one.sold, rows[one.order.order_id], now)) for one in good]
        self._carry_out(merchant, plans, mine, report)
        self._put_off(merchant, [one for one in answers if not one.good], report)
        self._read_after_all(merchant, good)
        return report

    def _with_entries(self, merchant: MerchantRow, claim: Claim,
                      good: Sequence[Answer]) -> list[Answer]:
        """Store what the list says of orders that were asked for by their numbers."""
        at = self._clock.now()
        orders.list_all(self._store, [
            row_of(merchant, one.entry, at, claim)
            for one in good if one.entry is not None])
        return [one if one.entry is None else one._replace(order=due_of(one.entry))
                for one in good]

    def _goods(self, merchant: MerchantRow, good: Sequence[Answer],
               before: Mapping[str, Goods]) -> Mapping[str, Goods]:
        """What each SKU is to us; one that nobody has mapped yet becomes a task."""
        titles = {one.order.sku_id: one.order.title for one in good}
        if titles.keys() <= before.keys():
            return before
        known = certificates.goods(merchant.platform_id, titles)
        for sku_id in titles.keys() - known.keys():
            self._news.unmapped(merchant, sku_id, titles[sku_id])
            known[sku_id] = Goods(None, certificates.UNMAPPED, titles[sku_id], None)
        return known

    def _carry_out(self, merchant: MerchantRow, plans: Sequence[tuple[Answer, OrderPlan]],
                   mine: Mapping[str, int], report: CheckReport) -> None:
        at = self._clock.now()
        new = [row for _, made in plans for row in made.new]
        changed = [change for _, made in plans for change in made.changed]
        certificates.add_all(self._store, new)
        certificates.change_all(self._store, changed, at)
        report.vouchers_new, report.vouchers_changed = len(new), len(changed)
        ended: dict[Ending, list[int]] = defaultdict(list)
        for one, made in plans:
            ended[Ending(made.check_at, int(made.is_open), len(one.sold),
                         int(made.times_card))].append(mine[one.order.order_id])
        orders.finish(self._store, ended, at)
        happened = [one for _, made in plans for one in made.happened]
        if happened:
            self._news.happened(merchant, happened, at)
            self._nudge("outbox")

    def _put_off(self, merchant: MerchantRow, bad: Sequence[Answer],
                 report: CheckReport) -> None:
        """Orders without an answer stay due, ever later; one that cannot be read is set aside."""
        at, rows = self._clock.now(), []
        for one in bad:
            tries = one.order.tries + (0 if isinstance(one.error, PlatformBusy) else 1)
            pause = min(FIRST_PAUSE * 2**min(tries, 12), LONGEST_PAUSE)
            reason = str(one.error.facts.get("reason") or one.error.word) if one.error else "odd"
            unreadable = one.odd is not None or reason == "malformed_answer"
            if unreadable and tries >= TRIES_UNREADABLE:
                self._set_aside(merchant, one, reason)
                report.quarantined += 1
                continue
            if isinstance(one.error, PlatformMisconfigured):
                pause = AFTER_TROUBLE
            rows.append(("", at + pause, tries, reason[:80], one.order.order_id))
        report.unanswered = len(bad)
        orders.put_off(self._store, merchant.platform_id, rows)

    def _set_aside(self, merchant: MerchantRow, answer: Answer, why: str) -> None:
        """Quarantine one order; it is asked again when it changes, and once an hour."""
        at, order = self._clock.now(), answer.order
        wrong, raw = (answer.odd.wrong, answer.odd.raw) if answer.odd else (
            str(answer.error.facts.get("field", why)) if answer.error else why, {})
        quarantine.put(merchant.platform_id, merchant.account_id, order.order_id, wrong,
                       quarantined(raw), at)
        orders.put_off(self._store, merchant.platform_id, [
            ("", at + timedelta(hours=1), order.tries + 1, wrong[:80], order.order_id)])
        self._news.odd(merchant, order.order_id, wrong, at)

    def _read_after_all(self, merchant: MerchantRow, good: Sequence[Answer]) -> None:
        at, ids = self._clock.now(), [one.order.order_id for one in good]
        if quarantine.resolve(self._store, merchant.platform_id, ids, at):
            self._news.read_after_all(merchant, at)


def _token_ended(answer: Answer) -> bool:
    return answer.error is not None and answer.error.facts.get("reason") == "token_expired"


def _by_order(good: Sequence[Answer], rows: Sequence[KnownCertificate],
              ) -> dict[str, list[KnownCertificate]]:
    """The rows that may be certificates of each order, by the order's number."""
    by_number: dict[str | None, list[KnownCertificate]] = defaultdict(list)
    for row in rows:
        by_number[row.platform_order_no].append(row)
    by_id = {row.certificate_id: row for row in rows}
    by_code = {row.voucher_no: row for row in rows}
    found: dict[str, list[KnownCertificate]] = {}
    for one in good:
        mine = {row.id: row for row in by_number[one.order.order_id]}
        for sold in one.sold:
            for same in (by_id.get(sold.certificate_id), by_code.get(sold.code or "")):
                if same is not None:
                    mine[same.id] = same
        found[one.order.order_id] = list(mine.values())
    return found
