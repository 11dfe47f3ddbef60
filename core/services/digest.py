"""The morning digest: what became of yesterday's books, told to the owners once a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from core.clock import Clock, business_day, day_starts
from core.services import alarm
from core.services.reconcile import SHEET_MISSING
from core.services.reconciliation_views import ReconciliationView, view_of
from core.services.slots import Slots
from core.store import outbox, reconciliations
from core.store.db import Store

DIGEST_HOUR = 8
"""At the venue that is listed first."""


class Digest:
    def __init__(self, store: Store, clock: Clock, slots: Slots,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._slots = slots
        self._nudge = nudge

    def tell(self) -> bool:
        """From eight in the morning, once a day: yesterday's books to the owners. Run by a job."""
        at = self._clock.now()
        with self._store.connection():
            first = next(iter(reconciliations.pairs()), None)
            if first is None:
                return False
            today = business_day(at, first[0].zone)
            if at < day_starts(today, first[0].zone) + timedelta(hours=DIGEST_HOUR):
                return False
            slot = self._slots.take_named("morning_digest", today.isoformat(), 60)
            if slot is None:
                return False
            day = today - timedelta(days=1)
            rows = list(reconciliations.listed(None, day=day))
            left = reconciliations.open_counts([row.id for row in rows])
            facts = {"day": day.isoformat(), "label": "早报",
                     "text": _said([view_of(row, left.get(row.id, 0)) for row in rows], "zh"),
                     "text_en": _said([view_of(row, left.get(row.id, 0)) for row in rows], "en")}

            def write() -> None:
                alarm.sound("morning_digest", day.isoformat(), venue_id=None, facts=facts, at=at,
                            to=outbox.admins(), group=False)
                alarm.over("morning_digest", day.isoformat(), at)

            self._store.transact("reconcile.digest", write)
            self._slots.finish(slot, "told")
        self._nudge("outbox")
        return True


def _said(rows: Iterable[ReconciliationView], language: str) -> str:
    """A line for each shop and platform."""
    lines = []
    for one in rows:
        ended = {"zh": f"{one.open} 处对不上，去后台看" if one.open else "对上了",
                 "en": f"{one.open} differences" if one.open else "equal"}[language]
        if one.error == SHEET_MISSING:
            ended = {"zh": "等导入商家 App 的明细", "en": "waits for the app's sheet"}[language]
        elif one.state != "done":
            ended = {"zh": "还没对成，会再试", "en": "not compared yet"}[language]
        lines.append(f"{one.venue_name} {one.platform_name} {one.our_count} "
                     f"{'笔' if language == 'zh' else 'uses'} {one.our_amount} {ended}")
    return "\n".join(lines) or {"zh": "昨天没有要对的", "en": "nothing to compare"}[language]
