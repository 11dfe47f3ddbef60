"""The two queues, and the nudge that makes a job run now instead of at its next time.

Speed only: the database row is the to-do list (invariant I10). A nudge that is lost because
Redis is away costs a few seconds, nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

log = logging.getLogger(__name__)

QUICK = "quick"
"""Seconds matter: notifications, unknown outcomes."""
SLOW = "slow"
"""Minutes are fine: sync, reconciliation, batches, purge."""

LONG_NUDGES = {"sync_requested": 300, "generate_codes": 300}
"""Nudged jobs that may take minutes, with their time-out: they go to the slow queue."""

MUTE_SECONDS = 3.0
PAUSE = 0.05
FLAG_SECONDS = 10
JOB_TTL = 60


def redis_client(address: str) -> Redis:
    """A client that answers or fails at once: a door must never wait for Redis."""
    return Redis.from_url(address, socket_connect_timeout=0.3, socket_timeout=0.5,
                          retry=Retry(NoBackoff(), 0))


class Nudges:
    """Call with a job's name; many calls before the job starts make one run."""

    def __init__(self, address: str) -> None:
        self._redis = redis_client(address)
        self._queues = {name: Queue(name, connection=self._redis) for name in (QUICK, SLOW)}
        self._muted_until = 0.0

    def __call__(self, job: str) -> None:
        if time.monotonic() < self._muted_until:
            return
        try:
            # The job takes the flag down before it looks at the rows, so a nudge that finds the
            # flag up is sure that a run which sees its row is still to come.
            if self._redis.set(flag(job), 1, nx=True, ex=FLAG_SECONDS):
                queue = self._queues[SLOW if job in LONG_NUDGES else QUICK]
                queue.enqueue("jobs.work.nudged", job, ttl=JOB_TTL, result_ttl=0,
                              failure_ttl=3600, job_timeout=LONG_NUDGES.get(job, 60))
        except RedisError:
            self._muted_until = time.monotonic() + MUTE_SECONDS
            log.warning("nudge %s: redis is away", job)


class Relay:
    """Passes nudges on from a thread of its own, so that no door waits for Redis; those of
    `PAUSE` seconds go together. For processes that stay: a nudge still in here dies with them."""

    def __init__(self, nudge: Callable[[str], None]) -> None:
        self._nudge = nudge
        self._jobs: SimpleQueue[str] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self, job: str) -> None:
        self._jobs.put(job)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        # At the first nudge and not before: a thread does not survive the fork of a server.
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nudges", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            jobs = {self._jobs.get()}
            while not self._jobs.empty():
                jobs.add(self._jobs.get())
            for job in jobs:
                try:
                    self._nudge(job)
                except Exception:  # one lost nudge costs speed; the thread serves all others
                    log.exception("nudge %s", job)
            time.sleep(PAUSE)


def flag(job: str) -> str:
    """The key that says a nudged run is queued."""
    return f"hx:nudge:{job}"
