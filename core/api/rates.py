"""Rate limits: per device, member, address and code prefix (design section 5).

Counts live in Redis, so that all web processes share them; while Redis is away each process
counts for itself, which is looser but never open.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from core.errors import TooManyRequests

log = logging.getLogger(__name__)

CALLS = parse("60000/minute")
"""Any one signed-in caller: an integrator of a whole chain stays below, a runaway loop does not."""
ANONYMOUS_CALLS = parse("600/minute")
MISSES = parse("30/minute")
"""Codes, phones or passwords that were wrong: guessing."""
LOGINS = parse("10/minute")
"""argon2 costs 64 MiB and a quarter of a second each (libraries.md section 1)."""

RETRY_REDIS_AFTER = 10.0

AHEAD = 500
"""So many events of a busy caller are counted at once; see `Rates.count_ahead`."""
AHEAD_SECONDS = 10.0
CALM_SECONDS = 1.0
"""So long a key with few events is not looked at again; see `Rates.check`."""
MOST_REMEMBERED = 10_000
"""Keys in memory of each kind."""


@dataclass(slots=True)
class _Lease:
    """Events of one caller that are counted already."""

    left: int
    until: float


class Rates:
    """Counts events by key, each of which belongs to one limit, and refuses beyond that.

    `now`: seconds of a clock that never goes back.
    """

    def __init__(self, redis_url: str | None,
                 now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._shared = None
        if redis_url:
            address = redis_url.replace("unix://", "redis+unix://", 1)
            storage = storage_from_string(address, wrap_exceptions=True, socket_timeout=0.2,
                                          socket_connect_timeout=0.2)
            self._shared = FixedWindowRateLimiter(storage)
        self._away_until = 0.0
        self._leases: dict[tuple[str, ...], _Lease] = {}
        self._calm: dict[tuple[str, ...], float] = {}
        """Until when a key need not be looked at."""

    def count_ahead(self, limit: RateLimitItem, *key: str) -> None:
        """Count one event of many: `AHEAD` are counted together, so that not each of them asks
        Redis. A process may thereby count up to that many that never happen; a limit should be far
        above it. Raises as `count`."""
        lease = self._leases.get(key)
        if lease is None or lease.left <= 0 or self._now() >= lease.until:
            if len(self._leases) >= MOST_REMEMBERED:
                self._leases.clear()
            # Before Redis has said yes: other threads of this caller need not ask meanwhile.
            lease = self._leases[key] = _Lease(AHEAD, self._now() + AHEAD_SECONDS)
            try:
                self.count(limit, *key, cost=AHEAD)
            except TooManyRequests:
                lease.left = 0
                raise
        lease.left -= 1

    def count(self, limit: RateLimitItem, *key: str, cost: int = 1) -> None:
        """Count `cost` events. Raises TooManyRequests (with `retry_after` seconds) beyond it."""
        limiter = self._limiter()
        try:
            allowed = limiter.hit(limit, *key, cost=cost)
        except StorageError:
            log.warning("rate limits: redis is away, counting in memory")
            self._away_until = self._now() + RETRY_REDIS_AFTER
            limiter = self._memory
            allowed = limiter.hit(limit, *key, cost=cost)
        self._calm.pop(key, None)
        if not allowed:
            self._refuse(limiter, limit, key)

    def check(self, limit: RateLimitItem, *keys: tuple[str, ...]) -> None:
        """Refuse if the limit was reached for one of these keys, without counting; they are one
        question to Redis.

        A key that has had less than a third of its limit is believed to be calm for a second, or
        until this process counts an event of it. What other processes count is thus seen a second
        late at most; and as the first event counted here ends the calm, each process lets no more
        than one beyond the limit, besides those that were under way.
        """
        at = self._now()
        asked = [key for key in keys if self._calm.get(key, at) <= at]
        if not asked:
            return
        limiter, names = self._limiter(), [limit.key_for(*key) for key in asked]
        try:
            counts = _counts(limiter.storage, names)
        except RedisError:
            self._away_until = self._now() + RETRY_REDIS_AFTER
            limiter = self._memory
            counts = _counts(limiter.storage, names)
        if len(self._calm) >= MOST_REMEMBERED:
            self._calm.clear()
        for key, count in zip(asked, counts, strict=True):
            if count >= limit.amount:
                self._refuse(limiter, limit, key)
            if 3 * count < limit.amount:
                self._calm[key] = at + CALM_SECONDS

    def _limiter(self) -> FixedWindowRateLimiter:
        if self._shared is None or self._now() < self._away_until:
            return self._memory
        return self._shared

    @staticmethod
    def _refuse(limiter: FixedWindowRateLimiter, limit: RateLimitItem,
                key: tuple[str, ...]) -> None:
        try:
            reset = limiter.get_window_stats(limit, *key).reset_time
        except StorageError:
            reset = time.time() + limit.get_expiry()
        raise TooManyRequests(retry_after=max(1, round(reset - time.time())))


def _counts(storage: Storage, names: list[str]) -> list[int]:
    if not isinstance(storage, RedisStorage):
        return [storage.get(name) for name in names]
    counts = storage.storage.mget([storage.prefixed_key(name) for name in names])
    return [int(count or 0) for count in counts]
