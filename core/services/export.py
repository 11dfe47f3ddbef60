"""Lists and statistics as files (S146, S207, S211), masked by role, each with an audit row."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.clock import DEFAULT_ZONE, Clock, business_day, zone
from core.ids import mask_code
from core.services.actor import Actor
from core.services.report import Report
from core.services.report_tables import report_tables
from core.services.spreadsheet import Table, as_csv, as_xlsx
from core.services.staff_words import STATUSES, Words
from core.services.voucher_view import VoucherView, of_row
from core.services.voucher_words import voucher_type
from core.services.vouchers import order_of, wanted_by
from core.services.workbook import Cell
from core.store import audit, voucher_search
from core.store.db import Store
from core.store.tallies import Reading
from core.store.voucher_pages import Pages

BATCH = 500
FORMATS = {"csv": ("text/csv; charset=utf-8", as_csv),
           "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx)}

HEADINGS = (
    Words("券号", "Voucher"), Words("平台", "Platform"), Words("平台订单号", "Order"),
    Words("券类型", "Type"), Words("产品名称", "Product"), Words("原价", "Original price"),
    Words("实付", "Paid"), Words("购买用户", "Buyer"), Words("手机号", "Phone"),
    Words("状态", "State"), Words("总次数", "Uses"), Words("已用次数", "Uses used"),
    Words("过期日期", "Expires"), Words("核销时间", "Redeemed at"),
    Words("核销门店", "Redeemed in"), Words("核销人", "Redeemed by"),
    Words("创建时间", "Created"), Words("备注", "Remark"),
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file to send: `chunks` is read once, while it is made."""

    filename: str
    content_type: str
    chunks: Iterator[bytes]


class Exports:
    """Times in the files are those of `zone`."""

    def __init__(self, store: Store, clock: Clock, report: Report,
                 zone: str = DEFAULT_ZONE) -> None:
        self._store = store
        self._clock = clock
        self._report = report
        self._zone = zone

    def vouchers(self, actor: Actor, file_format: str, *, language: str = "zh",
                 sort: str | None = None, **wanted: Any) -> Export:
        """The vouchers of a list's filter, in its order: which they are is settled now, what
        stands in each row is read while it is sent. Raises NotAllowed."""
        chosen = wanted_by(actor, **wanted)
        with self._store.snapshot():
            pages = Pages(self._store, self._zone, Reading(self._store, self._zone))
            ids = array("q", pages.everything(chosen, order_of(sort, chosen)))
        self._book(actor, "vouchers.exported", file_format, {
            "rows": len(ids), "filter": _told(wanted)})
        table = Table(Words("券", "Vouchers").in_(language),
                      [heading.in_(language) for heading in HEADINGS],
                      self._rows(ids, actor, language))
        return self._file("vouchers", file_format, [table])

    def _rows(self, ids: Sequence[int], actor: Actor, language: str) -> Iterator[list[Cell]]:
        for start in range(0, len(ids), BATCH):
            with self._store.connection():
                rows = voucher_search.by_ids(ids[start:start + BATCH])
            for row in rows:
                yield self._cells(of_row(row, actor), language)

    def _cells(self, one: VoucherView, language: str) -> list[Cell]:
        return [
            one.voucher_no, one.platform_name, one.platform_order_no,
            voucher_type(one.voucher_type, language), one.product_name, one.original_price,
            one.paid_price, one.user_name, one.user_phone, STATUSES[one.status].in_(language),
            one.uses_total, one.uses_used, one.expire_date, self._local(one.verified_at),
            one.venue_name, one.verified_by_name, self._local(one.created_at), one.remark]

    def _local(self, at: datetime | None) -> datetime | None:
        return at.astimezone(zone(self._zone)).replace(tzinfo=None) if at is not None else None

    def statistics(self, actor: Actor, file_format: str, *, language: str = "zh",
                   **wanted: Any) -> Export:
        """What `Report.statistics` says of a range. Raises NotAllowed."""
        found = self._report.statistics(actor, **wanted)
        self._book(actor, "statistics.exported", file_format, {"filter": _told(wanted)})
        return self._file("statistics", file_format, report_tables(found, language))

    def _book(self, actor: Actor, action: str, file_format: str, facts: dict[str, Any]) -> None:
        """Before the first byte leaves, so that nothing leaves unbooked."""
        self._store.transact("export.book", lambda: audit.add(
            actor, action, "export", 0, self._clock.now(), format=file_format, **facts))

    def _file(self, name: str, file_format: str, tables: list[Table]) -> Export:
        content_type, write = FORMATS[file_format]
        day = business_day(self._clock.now(), self._zone)
        return Export(f"{name}-{day.isoformat()}.{file_format}", content_type, write(tables))


def _told(wanted: dict[str, Any]) -> dict[str, Any]:
    """A filter as the audit may keep it."""
    told = {name: value.isoformat() if isinstance(value, date) else value
            for name, value in wanted.items() if value not in (None, "")}
    if "keyword" in told:
        told["keyword"] = mask_code(told["keyword"])
    return told
