"""The RQ worker and the scheduler, as `app.py worker` and `app.py cron` run them.

Both die when Redis does and are restarted by the supervisor (libraries.md sections 3 and 9).
"""

from __future__ import annotations

from rq import Queue, SimpleWorker
from rq.cron import CronScheduler

from core.config import Settings
from core.wiring import Services
from jobs import work
from jobs.queues import QUICK, SLOW, redis_client
from jobs.schedule import PERIODIC

WORKER_TTL = 45
MAINTENANCE_SECONDS = 10


def run_worker(settings: Settings, services: Services, queue: str) -> None:
    """Work on one queue until told to stop. A SimpleWorker: its jobs keep the database open and
    hold nothing that a killed process could lose."""
    work.use(services, settings.redis_address)
    connection = redis_client(settings.redis_address)
    # A worker blocks on its queue for longer than a door may wait for an answer.
    connection.connection_pool.connection_kwargs["socket_timeout"] = WORKER_TTL + 15
    worker = SimpleWorker([Queue(queue, connection=connection)], connection=connection,
                          worker_ttl=WORKER_TTL, maintenance_interval=MAINTENANCE_SECONDS)
    worker.work(with_scheduler=queue == SLOW, logging_level="WARNING")


def run_cron(settings: Settings) -> None:
    """Enqueue every periodic job at its time. Running two of these is harmless."""
    scheduler = CronScheduler(connection=redis_client(settings.redis_address))
    for job in PERIODIC:
        scheduler.register(
            work.periodic, job.queue, args=(job.name,), interval=job.interval,
            job_timeout=job.timeout, result_ttl=0, failure_ttl=3600, ttl=job.interval,
            name=job.name)
    scheduler.start()  # type: ignore[no-untyped-call]  # rq's own


__all__ = ["QUICK", "SLOW", "run_cron", "run_worker"]
