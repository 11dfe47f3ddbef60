"""Nudges leave a door through a thread of their own."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from jobs.queues import Relay

PATIENCE = 30


class Slow:
    """Somebody who is nudged and takes his time over each."""

    def __init__(self) -> None:
        self.met: SimpleQueue[str] = SimpleQueue()
        self.may_go_on = threading.Semaphore(0)

    def __call__(self, job: str) -> None:
        self.met.put(job)
        assert self.may_go_on.acquire(timeout=PATIENCE)
        if job == "broken":
            raise RuntimeError("no such job")


def test_the_same_news_is_told_once_while_the_last_is_on_its_way() -> None:
    slow = Slow()
    relay = Relay(slow)
    relay("outbox")
    assert slow.met.get(timeout=PATIENCE) == "outbox"
    for _ in range(3):
        relay("settle")
    slow.may_go_on.release(2)
    assert slow.met.get(timeout=PATIENCE) == "settle"
    relay("outbox")
    slow.may_go_on.release()
    assert slow.met.get(timeout=PATIENCE) == "outbox"
    assert slow.met.empty()


def test_a_nudge_that_fails_does_not_end_the_others() -> None:
    slow = Slow()
    relay = Relay(slow)
    slow.may_go_on.release(2)
    relay("broken")
    assert slow.met.get(timeout=PATIENCE) == "broken"
    relay("outbox")
    assert slow.met.get(timeout=PATIENCE) == "outbox"
