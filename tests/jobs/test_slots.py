"""Every slot of every job of the schedule runs once, whoever and however many begin it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.services.slots import Timed
from core.store.tables import JobSlot, Reconciliation
from core.wiring import Services
from jobs import work
from jobs.schedule import BY_NAME, PERIODIC, Periodic
from tests.builders import Chain
from tests.services.racing import together

EVERY_JOB = pytest.mark.parametrize("job", PERIODIC, ids=[job.name for job in PERIODIC])
DAILY = [job for job in PERIODIC if job.daily]


class Counted:
    """A job of the schedule with its work counted."""

    def __init__(self, job: Periodic, monkeypatch: pytest.MonkeyPatch,
                 fails: Callable[[int], bool] = lambda run: False) -> None:
        self.runs = 0
        self._fails = fails
        self._lock = threading.Lock()
        monkeypatch.setitem(BY_NAME, job.name, replace(job, run=self._run))

    def _run(self, services: Services) -> str:
        with self._lock:
            self.runs += 1
            if self._fails(self.runs):
                raise ConnectionError("the database went away")
        return "done"


def to_a_slots_begin(chain: Chain, job: Periodic) -> None:
    """Let time pass up to a second after the next slot begins."""
    at = chain.clock.now()
    chain.clock.shift += job.timed.next(at) - at + timedelta(seconds=1)


@EVERY_JOB
def test_two_schedulers_at_once_run_each_slot_once(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch, job: Periodic) -> None:
    counted = Counted(job, monkeypatch)
    for number in range(1, 4):
        to_a_slots_begin(chain, job)
        said = together(*[lambda: work.periodic(job.name)] * 4)
        assert counted.runs == number, said
        assert said.count("done") == 1 and len(set(said)) == 2


@EVERY_JOB
def test_a_restarted_scheduler_does_not_repeat_a_slot(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch, job: Periodic) -> None:
    """It enqueues everything as soon as it starts."""
    counted = Counted(job, monkeypatch)
    to_a_slots_begin(chain, job)
    for _ in range(3):
        work.periodic(job.name)
        chain.clock.shift += timedelta(seconds=1)
    assert counted.runs == 1


@EVERY_JOB
def test_after_days_without_a_scheduler_the_present_slot_runs(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch, job: Periodic) -> None:
    counted = Counted(job, monkeypatch)
    to_a_slots_begin(chain, job)
    work.periodic(job.name)
    chain.clock.shift += timedelta(days=3)
    together(*[lambda: work.periodic(job.name)] * 3)
    assert counted.runs == 2


@pytest.mark.parametrize("job", DAILY, ids=[job.name for job in DAILY])
def test_a_daily_job_that_died_is_done_again_the_same_day(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch, job: Periodic) -> None:
    counted = Counted(job, monkeypatch, fails=lambda run: run == 1)
    to_a_slots_begin(chain, job)
    with pytest.raises(ConnectionError):
        work.periodic(job.name)
    work.periodic(job.name)
    assert counted.runs == 1  # perhaps it still works, somewhere else
    chain.clock.shift += timedelta(seconds=job.timeout)
    for _ in range(3):
        work.periodic(job.name)
        chain.clock.shift += timedelta(seconds=job.interval)
    assert counted.runs == 2
    (row,) = chain.rows(JobSlot)
    assert row.result == "done"


def test_missed_days_are_reconciled_once_each_by_two_at_once(chain: Chain) -> None:
    chain.pass_time(timedelta(days=5))
    said = together(*[chain.services.operations.reconcile.due] * 2)
    done = [int(str(one).split()[0]) for one in said]
    rows = chain.rows(Reconciliation)
    assert sum(done) == len(rows) == len({(row.venue_id, row.platform_id, row.day)
                                          for row in rows}), said
    # Two shops on two platforms; the day they began and those since, but not one still young.
    assert len(rows) in (16, 20)
    assert all(row.state == "done" for row in rows)
    assert {row.finished_at is not None for row in chain.rows(JobSlot)} == {True}


SHANGHAI_MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("at", "slot"), [
    pytest.param(SHANGHAI_MIDNIGHT - timedelta(seconds=1), "2026-03-01", id="late in the evening"),
    pytest.param(SHANGHAI_MIDNIGHT + timedelta(hours=4), "2026-03-01", id="before its time"),
    pytest.param(SHANGHAI_MIDNIGHT + timedelta(hours=4, minutes=30), "2026-03-02", id="its time"),
])
def test_a_daily_slot_begins_at_its_time_at_the_shop(at: datetime, slot: str) -> None:
    job = Timed("purge", 600, daily="04:30")
    assert job.slot(at) == slot
    assert job.due(at) <= at < job.next(at) == job.due(at) + timedelta(days=1)


def test_frequent_jobs_leave_one_row_and_the_others_one_per_slot(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    often, seldom = BY_NAME["settle"], BY_NAME["sync_incremental"]
    for job in (often, seldom):
        Counted(job, monkeypatch)
        for _ in range(3):
            to_a_slots_begin(chain, job)
            work.periodic(job.name)
    rows = chain.rows(JobSlot)
    assert [row.job for row in rows].count("settle") == 1
    assert [row.job for row in rows].count("sync_incremental") == 3
    assert all(row.finished_at is not None for row in rows)


def test_the_health_report_tells_the_next_run_of_every_job(
        chain: Chain, worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    health = chain.services.operations.health
    report = health.report(chain.owner)
    shown, at = {one.name: one for one in report.jobs}, report.at
    assert shown.keys() == BY_NAME.keys()
    for name, one in shown.items():
        assert one.last_finished_at is None and not one.overdue
        assert one.next_at is not None and at < one.next_at <= at + timedelta(
            seconds=BY_NAME[name].every or 86400, minutes=1)
    Counted(BY_NAME["settle"], monkeypatch)
    work.periodic("settle")
    chain.clock.shift += timedelta(minutes=30)
    late = health.report(chain.owner)
    assert [one.name for one in late.jobs if one.overdue] == ["settle"]
    assert [(one.name, one.said) for one in late.jobs if one.said] == [("settle", "done")]
    assert late.state == "red"
