"""Reconciliations as files: a sheet of days and a sheet of findings, each export booked."""

from __future__ import annotations

from typing import Any

from core.clock import Clock, business_day, zone
from core.services.actor import Actor, Role
from core.services.export import FORMATS, Export
from core.services.reconciliation_views import (
    FIX_NAMES,
    KINDS,
    FindingView,
    ReconciliationView,
    finding_view,
    view_of,
)
from core.services.spreadsheet import Table
from core.services.staff_words import Words
from core.services.tasks import seen_venues
from core.services.workbook import Cell
from core.store import audit, reconciliations
from core.store.db import Store

MOST_DAYS = 2000
DAYS = (Words("日期", "Day"), Words("门店", "Venue"), Words("平台", "Platform"),
        Words("我们核销", "Ours"), Words("我们的金额", "Our amount"),
        Words("平台核销", "Platform's"), Words("平台的金额", "Platform's amount"),
        Words("对上", "Matched"), Words("待处理", "Open"), Words("状态", "State"))
FINDINGS = (Words("日期", "Day"), Words("门店", "Venue"), Words("平台", "Platform"),
            Words("问题", "What"), Words("券码", "Code"), Words("商品", "Product"),
            Words("时间", "At"), Words("我们的金额", "Our amount"),
            Words("平台的金额", "Platform's amount"), Words("状态", "State"),
            Words("处理", "Fix"), Words("原因", "Reason"), Words("核销记录号", "Verify id"))
STATES = {"open": Words("待处理", "open"), "fixed": Words("处理了", "fixed"),
          "gone": Words("自己对上了", "settled by itself"), "done": Words("对完", "compared"),
          "failed": Words("没对成", "failed")}


class ReconciliationExport:
    """Times are those of `zone_name`."""

    def __init__(self, store: Store, clock: Clock, zone_name: str) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone_name

    def file(self, actor: Actor, file_format: str, *, language: str = "zh",
             **wanted: Any) -> Export:
        """CSV or XLSX of what `Reconcile.listed` would list. Raises NotAllowed."""
        actor.require(Role.MANAGER, wanted.get("venue_id"))
        with self._store.connection():
            rows = list(reconciliations.listed(seen_venues(actor), **wanted).limit(MOST_DAYS))
            left = reconciliations.open_counts([row.id for row in rows])
            views = [view_of(row, left.get(row.id, 0), tuple(
                finding_view(one) for one in reconciliations.findings(row.id))) for row in rows]
        at = self._clock.now()
        self._store.transact("export.book", lambda: audit.add(
            actor, "reconciliations.exported", "export", 0, at, format=file_format,
            rows=len(views)))
        tables = [
            Table(Words("对账", "Days").in_(language), [one.in_(language) for one in DAYS],
                  [_day(one, language) for one in views]),
            Table(Words("差异", "Findings").in_(language),
                  [one.in_(language) for one in FINDINGS],
                  [self._finding(day, one, language) for day in views for one in day.findings])]
        content_type, write = FORMATS[file_format]
        name = f"reconciliations-{business_day(at, self._zone).isoformat()}.{file_format}"
        return Export(name, content_type, write(tables))

    def _finding(self, day: ReconciliationView, one: FindingView, language: str) -> list[Cell]:
        used_at = one.used_at.astimezone(zone(self._zone)).replace(tzinfo=None)
        return [day.day, day.venue_name, day.platform_name, KINDS[one.kind].in_(language),
                one.code_masked, one.title, used_at, one.our_amount, one.platform_amount,
                STATES[one.state].in_(language),
                FIX_NAMES[one.fix].in_(language) if one.fix else "", one.reason, one.verify_id]


def _day(one: ReconciliationView, language: str) -> list[Cell]:
    return [one.day, one.venue_name, one.platform_name, one.our_count, one.our_amount,
            one.platform_count, one.platform_amount, one.counts.get("matched", 0), one.open,
            STATES[one.state].in_(language)]
