"""How much work waits in Redis; for people and metrics only (invariant I10)."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

QUEUES = ("quick", "slow")


class QueueDepth:
    """Answers at once, also when Redis is away."""

    def __init__(self, address: str) -> None:
        self._redis = Redis.from_url(address, socket_connect_timeout=0.3, socket_timeout=0.5,
                                     retry=Retry(NoBackoff(), 0))

    def __call__(self) -> dict[str, int] | None:
        """Jobs waiting by queue; None when Redis is away."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for queue in QUEUES:
                    pipe.llen(f"rq:queue:{queue}")
                return dict(zip(QUEUES, (int(one) for one in pipe.execute()), strict=True))
        except RedisError:
            return None
