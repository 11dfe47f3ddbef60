"""What clerks recorded of a platform without API rights: `core.platforms.manual.Ledger`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from core.clock import Clock
from core.errors import PlatformBusy, VoucherError
from core.platforms.base import Consumption
from core.platforms.books import (
    ListedShop,
    Merchant,
    OrderPage,
    PlatformOrder,
    SoldCertificate,
    Verified,
    Window,
)
from core.platforms.manual import NAME, Manual, Mark, Record
from core.services.pace import Pace
from core.services.platform_books import PlatformBooks
from core.store.compiled import insert
from core.store.db import Store, locked
from core.store.select import first
from core.store.tables import ManualRecord, ManualSheetLine, ManualUse

ID = "M{}"
SHEET_ORDER = (ManualSheetLine.used_at, ManualSheetLine.nth)


class ManualBook:
    """Records and their uses in the database; each call is one transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, code: str) -> Record | None:
        with self._store.connection():
            row = _row(code)
            return _record(row) if row is not None else None

    def marks(self, certificate_id: str) -> list[Mark]:
        with self._store.connection():
            return [_mark(use) for use in _uses(_number(certificate_id))]

    def take(self, record: Record, consumption: Consumption, venue_id: int,
             at: datetime) -> list[Mark]:
        def write() -> list[Mark]:
            row = first(locked(ManualRecord.select().where(
                ManualRecord.id == _number(record.certificate_id))))
            assert row is not None, "records are never deleted"
            standing = [use for use in _uses(row.id) if use.cancelled_at is None]
            mine = [use for use in standing if use.key == consumption.key]
            if mine:
                return [_mark(use) for use in mine]
            if row.refund:  # since the record was looked at
                raise VoucherError(row.refund, platform=NAME)
            free = sorted(set(range(1, row.uses_total + 1)) - {use.number for use in standing})
            if len(free) < consumption.uses:
                raise VoucherError("not_enough_uses" if free else "already_redeemed",
                                   platform=NAME)
            tried = ManualUse.select().where(ManualUse.record == row.id).count()
            for offset, number in enumerate(free[:consumption.uses], 1):
                insert(ManualUse, record=row.id, number=number, key=consumption.key,
                       verify_id=verify_id(row.code, tried + offset),
                       venue_id=venue_id, operator=consumption.operator, used_at=at,
                       created_at=at)
            return [_mark(use) for use in _uses(row.id) if use.key == consumption.key]

        return self._store.transact("manual.take", write)

    def give_back(self, certificate_id: str, verify_ids: Sequence[str], at: datetime) -> None:
        self._store.transact("manual.give_back", lambda: ManualUse.update(
            cancelled_at=at, standing=None).where(
            (ManualUse.record == _number(certificate_id)) & ManualUse.cancelled_at.is_null()
            & ManualUse.verify_id.in_(list(verify_ids))).execute())

    def sheet(self, venue_id: int, since: datetime, until: datetime) -> list[Verified]:
        with self._store.connection():
            lines = list(ManualSheetLine.select().where(
                (ManualSheetLine.venue == venue_id) & (ManualSheetLine.used_at >= since)
                & (ManualSheetLine.used_at < until)).order_by(*SHEET_ORDER))
            ours = ManualUse.select().where(
                (ManualUse.venue_id == venue_id) & (ManualUse.used_at >= since)
                & (ManualUse.used_at < until)).exists()
            if ours and not lines:
                raise PlatformBusy(NAME, reason="sheet_missing")
            turns = _turns(venue_id, sorted({line.code for line in lines}))
            return [Verified(
                platform=NAME, verify_id=verify_id(line.code, turns[line.id]),
                certificate_id=line.code, code=line.code, sku_id="", title=line.title,
                at=line.used_at, amount=line.amount_fen, cancelled=bool(line.cancelled),
                cancelled_at=None, refunded=False, operator="", by_api=False)
                for line in lines]


class NothingListed:
    """A merchant's app lists neither orders nor shops to us."""

    name = NAME
    lists_changes = False
    longest_window = timedelta(days=1)

    def orders(self, merchant: Merchant, window: Window, cursor: str = "") -> OrderPage:
        return OrderPage((), (), "")

    def entry(self, merchant: Merchant, order_id: str) -> OrderPage:
        return OrderPage((), (), "")

    def details(self, merchant: Merchant, order: PlatformOrder) -> tuple[SoldCertificate, ...]:
        return ()

    def shops(self, merchant: Merchant) -> list[ListedShop]:
        return []


def manual_books(store: Store, clock: Clock) -> PlatformBooks:
    """What reconciliation reads: the imported sheets."""
    nothing = NothingListed()
    return PlatformBooks(nothing, nothing, Manual(ManualBook(store), clock), Pace(0), Pace(0))


def verify_id(code: str, turn: int) -> str:
    """A use's number: the `turn`-th time that the code was redeemed, undone ones counted, so that
    it is the `turn`-th line of the code in the app's sheet, which keeps what was undone."""
    return f"{code}-{turn}"


def by_code(code: str) -> ManualRecord | None:
    return first(ManualRecord.select().where(ManualRecord.code == code))


def by_id(certificate_id: str) -> ManualRecord | None:
    return first(ManualRecord.select().where(ManualRecord.id == _number(certificate_id)))


def refund(certificate_id: str, state: str) -> None:
    """The buyer got the money back in the merchant's app."""
    ManualRecord.update(refund=state).where(
        ManualRecord.id == _number(certificate_id)).execute()


def _row(code: str) -> ManualRecord | None:
    if code.startswith("M") and code[1:].isascii() and code[1:].isdigit():
        found = ManualRecord.get_or_none(ManualRecord.id == int(code[1:]))
        if found is not None:
            return found
    return by_code(code)


def _number(certificate_id: str) -> int:
    return int(certificate_id.removeprefix("M"))


def _uses(record_id: int) -> list[ManualUse]:
    return list(ManualUse.select().where(ManualUse.record == record_id).order_by(ManualUse.id))


def _turns(venue_id: int, codes: Sequence[str]) -> dict[int, int]:
    """Which line of its code each line is, by its id: sheets may be imported in any order."""
    counts: Counter[str] = Counter()
    turns = {}
    # Sorted here: to sort by itself SQLite would read all lines of the venue by their time.
    lines = ManualSheetLine.select().where((ManualSheetLine.venue == venue_id)
                                           & ManualSheetLine.code.in_(codes))
    for line in sorted(lines, key=attrgetter("used_at", "nth")):
        counts[line.code] += 1
        turns[line.id] = counts[line.code]
    return turns


def _mark(use: ManualUse) -> Mark:
    return Mark(use.verify_id, use.key, use.number, use.used_at, use.operator, use.cancelled_at)


def _record(row: ManualRecord) -> Record:
    number = ID.format(row.id)
    return Record(
        certificate_id=number, code=row.code, order_id=number, sku_id=row.sku_id,
        title=row.title, original=row.original_fen, paid=row.paid_fen,
        uses_total=row.uses_total, venues=frozenset({row.venue_id}), expires=row.expires_at,
        refund=row.refund)
