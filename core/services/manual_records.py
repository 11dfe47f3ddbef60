"""Recording what was redeemed in a merchant's app: the evidence, and the app's exported sheet.

For platforms without API rights. A record makes the code known to the platform `manual`; from
there on it is redeemed, undone, counted and reconciled like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import Clock, day_ends, zone
from core.errors import InvalidInput
from core.ids import clean_code
from core.money import Money, NotAnAmount
from core.platforms.manual import NAME
from core.services import sheet_reading
from core.services.actor import Actor, Role
from core.services.decode_image import small_jpeg
from core.services.inspect import venue_of
from core.services.manual_ledger import by_code
from core.services.workbook import EPOCH
from core.store import audit
from core.store.compiled import insert
from core.store.db import Store
from core.store.tables import (
    ManualRecord,
    ManualSheetLine,
    Platform,
    PlatformShop,
    Product,
    SkuMapping,
    Venue,
)

PICTURE_BYTES = 60_000
MOST_USES = 100
COLUMNS = {"code": ("券码", "券号", "code"), "used_at": ("核销时间", "验券时间", "used_at"),
           "amount": ("金额", "实付", "实收", "amount"), "title": ("商品", "商品名称", "title"),
           "status": ("状态", "核销状态", "status")}
CANCELLED = ("撤销", "取消", "退", "cancel", "refund")
_DAYS = (36_526.0, 73_051.0)
"""From 2000 to 2099, as a workbook counts."""
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a clerk redeemed in the merchant's app. A note or a picture shows it."""

    code: str
    product_id: int
    paid: Money
    uses: int = 1
    expires: date | None = None
    note: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class SheetReport:
    """An imported sheet: how many lines it has, how many of them are new, from and to."""

    lines: int
    new: int
    first: datetime
    last: datetime


class ManualRecords:
    """Clerks record, managers import."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def record(self, asked: Evidence, actor: Actor) -> str:
        """Keep a record; returns its code. The same record sent twice is one.

        Raises NotAllowed, InvalidInput: code_malformed, evidence_needed, product_not_on_sale,
        uses_out_of_range, recorded_already, image_too_large, not_an_image.
        """
        actor.require(Role.CLERK)
        code = clean_code(asked.code)
        if not 4 <= len(code) <= 40:
            raise InvalidInput("code_malformed", field="code")
        if not asked.note.strip() and not asked.picture:
            raise InvalidInput("evidence_needed", field="note")
        if not 1 <= asked.uses <= MOST_USES:
            raise InvalidInput("uses_out_of_range", field="uses")
        picture = small_jpeg(asked.picture, PICTURE_BYTES) if asked.picture else None
        with self._store.connection():
            venue = venue_of(actor)
            self._store.transact("manual.record", lambda: self._write(
                asked, code, picture, venue, actor, self._clock.now()))
        return code

    def _write(self, asked: Evidence, code: str, picture: bytes | None, venue: Venue,
               actor: Actor, at: datetime) -> None:
        product = Product.get_or_none((Product.id == asked.product_id) & (Product.status == 1))
        if product is None:
            raise InvalidInput("product_not_on_sale", field="product_id")
        sku = f"product-{product.id}"
        known = by_code(code)
        if known is not None:
            same = (known.venue_id, known.sku_id, known.paid_fen, known.uses_total)
            if same != (venue.id, sku, asked.paid, asked.uses):
                raise InvalidInput("recorded_already", field="code")
            return
        platform = _platform(at)
        _connect(platform, venue, at)
        if not SkuMapping.select().where((SkuMapping.platform == platform)
                                         & (SkuMapping.sku_id == sku)).exists():
            insert(SkuMapping, platform=platform, sku_id=sku, title=product.name,
                   product=product.id, created_at=at)
        record_id = insert(
            ManualRecord, code=code, venue=venue.id, sku_id=sku, title=product.name,
            original_fen=max(product.price_fen or asked.paid, asked.paid), paid_fen=asked.paid,
            uses_total=asked.uses, note=asked.note.strip()[:200], picture=picture,
            picture_type="image/jpeg" if picture else "", recorded_by=actor.id, created_at=at,
            expires_at=day_ends(asked.expires, venue.zone) if asked.expires else None)
        audit.add(actor, "manual.recorded", "manual_record", record_id, at, venue_id=venue.id,
                  uses=asked.uses, paid_fen=asked.paid.fen, picture=picture is not None)

    def import_sheet(self, sheet: bytes, actor: Actor) -> SheetReport:
        """Take up the sheet that the merchant's app exports, as CSV or XLSX. Importing it again
        adds nothing. Raises NotAllowed, InvalidInput: sheet_unreadable (facts line, column),
        sheet_too_large, sheet_empty."""
        actor.require(Role.MANAGER)
        lines = list(read_sheet(sheet))
        if not lines:
            raise InvalidInput("sheet_empty")
        with self._store.connection():
            venue = venue_of(actor)
            return self._store.transact("manual.import", lambda: self._import(
                lines, venue, actor, self._clock.now()))

    def _import(self, lines: list[dict[str, Any]], venue: Venue, actor: Actor,
                at: datetime) -> SheetReport:
        new = 0
        seen: Counter[tuple[str, datetime]] = Counter()
        for line in lines:
            moment = (line["code"], line["used_at"])
            seen[moment] += 1
            same = ManualSheetLine.get_or_none(
                (ManualSheetLine.venue == venue.id) & (ManualSheetLine.code == line["code"])
                & (ManualSheetLine.used_at == line["used_at"])
                & (ManualSheetLine.nth == seen[moment]))
            if same is None:
                new += 1
                insert(ManualSheetLine, venue=venue.id, nth=seen[moment], created_at=at, **line)
            elif line["cancelled"] and not same.cancelled:
                ManualSheetLine.update(cancelled=1).where(ManualSheetLine.id == same.id).execute()
        moments = [line["used_at"] for line in lines]
        audit.add(actor, "manual.imported", "venue", venue.id, at, venue_id=venue.id,
                  lines=len(lines), new=new)
        return SheetReport(len(lines), new, min(moments), max(moments))


def read_sheet(sheet: bytes) -> Iterator[dict[str, Any]]:
    """The lines of a sheet with a head that names code and time. Raises InvalidInput."""
    rows = sheet_reading.lines(sheet)
    first, cells_of_first = next(rows, (1, []))
    head = [cell.strip().lower() for cell in cells_of_first]
    at = {name: next((head.index(word) for word in words if word in head), None)
          for name, words in COLUMNS.items()}
    for needed in ("code", "used_at"):
        if at[needed] is None:
            raise InvalidInput("sheet_unreadable", line=first, column=COLUMNS[needed][0])
    for number, row in rows:
        cells = {name: row[place].strip() if place is not None and place < len(row) else ""
                 for name, place in at.items()}
        if any(cells.values()):
            yield _line(cells, number)


def _line(cells: dict[str, str], number: int) -> dict[str, Any]:
    moment = _moment(cells["used_at"])
    code = clean_code(cells["code"])
    if moment is None or not code:
        raise InvalidInput("sheet_unreadable", line=number,
                           column=COLUMNS["code" if moment else "used_at"][0])
    try:
        amount = Money.yuan(cells["amount"].lstrip("¥￥").replace(",", "")) \
            if cells["amount"] else None
    except NotAnAmount:
        raise InvalidInput("sheet_unreadable", line=number, column=COLUMNS["amount"][0]) from None
    gone = any(word in cells["status"].lower() for word in CANCELLED)
    return {"code": code, "used_at": moment, "amount_fen": amount, "title": cells["title"][:100],
            "cancelled": int(gone)}


def _moment(text: str) -> datetime | None:
    """At the shop. A workbook has a time as a number: days since its epoch."""
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone())
        except ValueError:
            continue
    try:
        days = float(text)
    except ValueError:
        return None
    if not _DAYS[0] <= days < _DAYS[1]:
        return None
    return (EPOCH + timedelta(seconds=round(days * 86_400))).replace(tzinfo=zone())


def _platform(at: datetime) -> int:
    row = Platform.get_or_none(Platform.platform_code == NAME)
    return int(row.id) if row is not None else insert(
        Platform, platform_name="手工登记", platform_code=NAME, created_at=at, updated_at=at)


def _connect(platform_id: int, venue: Venue, at: datetime) -> None:
    """The venue may use the platform from its first record on."""
    if not PlatformShop.select().where((PlatformShop.platform == platform_id)
                                       & (PlatformShop.venue == venue.id)).exists():
        insert(PlatformShop, venue=venue.id, platform=platform_id, created_at=at)
