"""What keeps a shop running beside the redemptions, built together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.platforms.traffic import Traffic
from core.services.alerts import Alerts
from core.services.digest import Digest
from core.services.finding_fixes import FindingFixes
from core.services.grant import Grants
from core.services.health_report import HealthReports
from core.services.metrics import Metrics
from core.services.platform_books import Books
from core.services.reconcile import Reconcile
from core.services.reconciliation_export import ReconciliationExport
from core.services.slots import Slots, Timed
from core.services.tasks import Tasks
from core.services.watch import Watch
from core.store.db import Store


@dataclass(frozen=True, slots=True)
class Operations:
    """What doors and jobs call."""

    tasks: Tasks
    alerts: Alerts
    reconcile: Reconcile
    digest: Digest
    fixes: FindingFixes
    reconciliation_files: ReconciliationExport
    watch: Watch
    health: HealthReports
    metrics: Metrics


def operations(store: Store, clock: Clock, nudge: Callable[[str], None],
               books: Books, zone: str, traffic: Traffic,
               queues: Callable[[], dict[str, int] | None],
               timetable: Sequence[Timed] = ()) -> Operations:
    """`zone`: of the days and times in files; `queues`: how much work waits in Redis."""
    health = HealthReports(store, clock, traffic, queues, timetable, zone)
    return Operations(
        tasks=Tasks(store, clock, nudge), alerts=Alerts(store, clock),
        reconcile=Reconcile(store, clock, books, Slots(store, clock), nudge),
        digest=Digest(store, clock, Slots(store, clock), nudge),
        fixes=FindingFixes(store, clock, Grants()),
        reconciliation_files=ReconciliationExport(store, clock, zone),
        watch=Watch(store, clock, traffic, nudge), health=health,
        metrics=Metrics(store, traffic, health))
