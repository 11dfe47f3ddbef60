"""Figures in Prometheus' text format 0.0.4. Counters are of the server that answers, all its
processes together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate

from core.platforms.traffic import BOUNDS, Board, Traffic
from core.services.health_report import HealthReport, HealthReports
from core.store.db import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


class Metrics:
    def __init__(self, store: Store, traffic: Traffic, reports: HealthReports) -> None:
        self._store = store
        self._traffic = traffic
        self._reports = reports

    def text(self) -> str:
        """Everything, one metric after the other."""
        with self._store.connection():
            now = self._reports.now()
        return "".join([*self._calls(), *_gauges(now)])

    def _calls(self) -> Iterable[str]:
        figures = self._traffic.figures()
        yield _metric("platform_calls_total", "counter", (
            ({"platform": one.platform, "endpoint": one.endpoint, "outcome": outcome}, count)
            for one in figures for outcome, count in sorted(one.outcomes.items())))
        yield "# TYPE hexiaotai_platform_seconds histogram\n"
        for one in figures:
            labels = {"platform": one.platform, "endpoint": one.endpoint}
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), accumulate(one.buckets),
                                    strict=True):
                yield _line("platform_seconds_bucket", {**labels, "le": bound}, count)
            yield _line("platform_seconds_sum", labels, one.seconds)
            yield _line("platform_seconds_count", labels, sum(one.buckets))


def _gauges(now: HealthReport) -> Iterable[str]:
    plain = {"unknown_outcomes": now.unknown_outcomes,
             "unknown_oldest_seconds": now.unknown_oldest_seconds,
             "manual_outcomes": now.manual_outcomes, "outbox_waiting": now.outbox_waiting,
             "outbox_late_seconds": now.outbox_late_seconds, "outbox_dead": now.outbox_dead,
             "findings_open": now.open_findings, "redis_up": now.queues is not None}
    for name, value in plain.items():
        yield _metric(name, "gauge", [({}, float(value))])
    yield _metric("queue_depth", "gauge", (
        ({"queue": queue}, depth) for queue, depth in (now.queues or {}).items()))
    yield _metric("sync_age_seconds", "gauge", (
        ({"platform": one.platform}, one.sync_age_seconds) for one in now.platforms
        if one.sync_age_seconds is not None))
    yield _metric("venue_alerts_open", "gauge", (
        ({"venue": str(one.id)}, one.open_alerts) for one in now.venues))
    yield _metric("venue_tasks_open", "gauge", (
        ({"venue": str(one.id)}, one.open_tasks) for one in now.venues))


def _metric(name: str, kind: str, samples: Iterable[Sample]) -> str:
    return f"# TYPE hexiaotai_{name} {kind}\n" + "".join(
        _line(name, labels, value) for labels, value in samples)


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"hexiaotai_{name}{{{inner}}} {value:g}\n" if inner else f"hexiaotai_{name} {value:g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


__all__ = ["CONTENT_TYPE", "Board", "Metrics"]
