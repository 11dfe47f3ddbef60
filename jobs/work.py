"""What RQ calls: one run of one job, with the services of this worker process."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from core import logs
from core.wiring import Services
from jobs.queues import flag, redis_client
from jobs.schedule import BY_NAME, Periodic

log = logging.getLogger(__name__)


class _Here:
    """The services of this process: built once, after the worker has forked."""

    services: Services | None = None
    redis_address = ""


def use(services: Services, redis_address: str) -> None:
    """Hand the worker its services."""
    _Here.services, _Here.redis_address = services, redis_address


def _services() -> Services:
    if _Here.services is None:
        raise RuntimeError("jobs run inside `app.py worker`, which hands them their services")
    return _Here.services


def nudged(name: str) -> str:
    """A run that a door asked for. The flag goes down first: see `Nudges`."""
    try:
        redis_client(_Here.redis_address).delete(flag(name))
    except RedisError:
        log.warning("nudge flag of %s stays up: redis is away", name)
    return _run(BY_NAME[name], "nudge")


def periodic(name: str) -> str:
    """A run at its time, unless somebody else has taken the slot."""
    job, slots = BY_NAME[name], _services().slots
    slot = slots.take(job.timed)
    if slot is None:
        return f"{name}: its slot is taken"
    line = _run(job, "job")
    slots.finish(slot, line)
    return line


def _run(job: Periodic, why: str) -> str:
    services = _services()
    with logs.job_id(job.name), services.store.connection():
        line = job.run(services)
        log.info("%s %s: %s", why, job.name, line)
    return line
