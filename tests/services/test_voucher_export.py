"""Files of vouchers and figures: what the list shows, safe to open, booked before they leave."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.config import Settings
from core.errors import NotAllowed
from core.money import Money
from core.services.actor import Actor
from core.services.spreadsheet import Table, as_csv, as_xlsx
from core.store.tables import Audit
from tests.shelf import NOW, TODAY, Shelf, a_shelf


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    made = a_shelf(settings)
    yield made
    made.services.store.close()


def exported(shelf: Shelf, actor: Actor, **wanted: Any) -> list[list[str]]:
    """The lines of a CSV file of vouchers."""
    export = shelf.services.exports.vouchers(actor, "csv", **wanted)
    content = b"".join(export.chunks)
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheet programs need the mark"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells(content: bytes, sheet: int = 1) -> dict[str, str]:
    """Cell → its XML in a sheet of an XLSX file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(f"xl/worksheets/sheet{sheet}.xml").decode()
    return {name: f"{attributes}>{inner}" for name, attributes, inner in re.findall(
        r'<c r="([A-Z]+\d+)"([^>]*)>(.*?)</c>', xml)}


def test_the_file_has_the_list_in_its_order(shelf: Shelf) -> None:
    shelf.fill(90)
    shelf.services.tallies.fold()
    shelf.change_some(30)
    wanted = {"platform_id": 1, "start_date": TODAY - timedelta(days=60)}
    for sort in (None, "created", "-expire"):
        lines = exported(shelf, shelf.owner, sort=sort, **wanted)
        page = shelf.services.vouchers.page(shelf.owner, page_size=100, sort=sort, **wanted)
        assert [line[0].lstrip("'") for line in lines[1:]] == [
            one.voucher_no for one in page["items"]]
        assert len(lines) > 30


def test_a_line_says_what_the_list_says(shelf: Shelf) -> None:
    shelf.add(voucher_no="612232529041989", user_id=1, status=2, venue=1, verified_by=3,
              verified_at=datetime(2026, 11, 20, 16, 30, tzinfo=UTC), platform_order_no="A-1",
              expire_date=date(2027, 1, 15), remark="办卡")
    heads, line = exported(shelf, shelf.owner)
    assert dict(zip(heads, line, strict=True)) == {
        "券号": "'612232529041989", "平台": "美团", "平台订单号": "A-1", "券类型": "会员卡",
        "产品名称": "健身月卡 30 天", "原价": "299.00", "实付": "199.00", "购买用户": "林知夏",
        "手机号": "'13800138000", "状态": "已核销", "总次数": "1", "已用次数": "0",
        "过期日期": "2027-01-15", "核销时间": "2026-11-21 00:30:00", "核销门店": "滨江店",
        "核销人": "林小满", "创建时间": "2026-11-21 14:33:00", "备注": "办卡"}
    english = exported(shelf, shelf.owner, language="en")
    assert english[0][:2] == ["Voucher", "Platform"] and english[1][9] == "redeemed"


def test_a_clerks_file_is_masked_and_of_his_venues(shelf: Shelf) -> None:
    shelf.add(voucher_no="612232529041989", user_id=1, venue=1)
    shelf.add(venue=2)
    _, line = exported(shelf, shelf.clerk)
    assert (line[0], line[7], line[8]) == ("6122****89", "林**", "138****8000")
    with pytest.raises(NotAllowed):
        shelf.services.exports.vouchers(shelf.clerk, "csv", venue_id=2)
    with pytest.raises(NotAllowed):
        shelf.services.exports.vouchers(Actor("kiosk", 1, "kiosk", 1), "csv")


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "=cmd|' /C'!A0"])
def test_no_cell_becomes_a_formula(shelf: Shelf, evil: str) -> None:
    shelf.add(product_name=evil, user_name=evil, remark=evil)
    _, line = exported(shelf, shelf.owner)
    assert [line[4], line[7], line[17]] == [f"'{evil}"] * 3
    content = b"".join(shelf.services.exports.vouchers(shelf.owner, "xlsx").chunks)
    assert "<f>" not in "".join(cells(content).values())
    assert 't="inlineStr"' in cells(content)["E2"]


@pytest.mark.parametrize(("text", "cell"), [
    ("612232529041989", "'612232529041989"), ("0042", "'0042"), ("12E45", "'12E45"),
    ("3-4", "'3-4"), ("2026-11-21", "'2026-11-21"), ("6122****89", "6122****89"),
    ("A-1", "A-1"), ("", ""), ("月卡 30 天", "月卡 30 天"), ("a\"b,c\n", 'a"b,c\n')])
def test_a_text_in_csv_stays_the_text_it_is(text: str, cell: str) -> None:
    (_, line) = csv.reader(io.StringIO(b"".join(as_csv([Table("x", ["h"], [[text]])])).decode(
        "utf-8-sig"), newline="")) if text else ([], [""])
    assert line == [cell]


def test_xlsx_keeps_codes_as_text_and_amounts_as_numbers(shelf: Shelf) -> None:
    shelf.add(voucher_no="0042325290419890001", expire_date=date(2027, 1, 15))
    content = b"".join(shelf.services.exports.vouchers(shelf.owner, "xlsx").chunks)
    found = cells(content)
    assert 't="inlineStr"' in found["A2"] and "0042325290419890001" in found["A2"]
    assert 't=' not in found["F2"] and "<v>299</v>" in found["F2"]
    assert 't=' not in found["M2"], "a date is a number with a format"


def test_more_rows_than_a_sheet_holds_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.services.spreadsheet.MOST_ROWS", 3)
    content = b"".join(as_xlsx([Table("券", ["n"], ([number] for number in range(5)))]))
    assert "<v>2</v>" in cells(content, 1)["A4"] and "A5" not in cells(content, 1)
    assert "<v>3</v>" in cells(content, 2)["A2"]


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_rows_are_read_while_the_file_is_sent(
        written: Callable[[list[Table]], Iterator[bytes]]) -> None:
    taken: list[int] = []

    def rows() -> Iterator[list[int]]:
        for number in range(10_000):
            taken.append(number)
            yield [number]

    chunks = written([Table("x", ["n"], rows())])
    assert len(next(chunks)) > 500 and 0 < len(taken) < 1000
    assert len(b"".join(chunks)) > 30_000 and len(taken) == 10_000


def test_a_workbook_holds_any_text() -> None:
    """Control characters, and what would be read as one, as the format escapes them."""
    (text,) = re.findall(r"<t[^>]*>(.*)</t>", cells(b"".join(as_xlsx([Table(
        "a/b:[c]", ["h"], [["<\x01>&_x0041_\r"]])])))["A2"])
    assert text == "&lt;_x0001_&gt;&amp;_x005F_x0041__x000D_"


def test_an_export_is_booked_before_its_first_byte(shelf: Shelf) -> None:
    shelf.add(voucher_no="612232529041989", venue=1)
    shelf.services.exports.vouchers(shelf.manager, "xlsx", keyword="612232529041989",
                                    start_date=date(2026, 11, 1), status=None)
    with shelf.services.store.connection():
        (row,) = list(Audit.select())
    assert (row.action, row.actor_id, row.door, row.venue_id) == (
        "vouchers.exported", shelf.manager.id, "desk", 1)
    assert row.facts == {"format": "xlsx", "rows": 1, "filter": {
        "keyword": "6122****89", "start_date": "2026-11-01"}}


def test_the_figures_as_a_file(shelf: Shelf) -> None:
    for status, verified in ((2, NOW), (2, NOW), (1, None), (4, None)):
        shelf.add(status=status, verified_at=verified, venue=1 if verified else None,
                  paid_price_fen=Money(10_00))
    export = shelf.services.exports.statistics(shelf.owner, "csv",
                                               start_date=TODAY - timedelta(days=1))
    assert export.filename == "statistics-2026-11-21.csv"
    lines = [line.split(",") for line in b"".join(export.chunks).decode("utf-8-sig").split("\r\n")]
    rows = {line[0]: line[1:] for line in lines if line[0]}
    assert rows["总券数"] == ["4", "0"] and rows["已核销"] == ["2", "0"]
    assert rows["核销率"] == ["0.6667", ""] and rows["销售额"] == ["40.00", "0.00"]
    assert rows["美团"][:3] == ["1.0", "4", "2"] and rows["滨江店"][:2] == ["0.5", "2"]
    assert rows["还没到店"][:2] == ["0.5", "2"] and rows["会员卡"][1] == "4"
    assert rows["2026-11-21"] == ["2", "0", "20.00"] and rows["2026-11-20"] == ["0", "0", "0.00"]
    content = b"".join(shelf.services.exports.statistics(shelf.owner, "xlsx").chunks)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = archive.read("xl/workbook.xml").decode()
    assert re.findall(r'<sheet name="([^"]+)"', sheets) == [
        "总览", "平台", "券类型", "门店", "每月核销", "新会员从哪来", "从哪里核销"]
    with shelf.services.store.connection():
        assert [row.action for row in Audit.select()] == ["statistics.exported"] * 2
