"""The merchant app's exported list as an Excel workbook: read as a stranger's file is."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from core.clock import zone
from core.errors import InvalidInput
from core.money import Money
from core.services import sheet_reading
from core.services.manual_records import read_sheet
from core.services.spreadsheet import Table, as_xlsx

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADINGS = ["券码", "核销时间", "金额", "状态", "商品名称"]
AT = datetime(2026, 11, 21, 14, 33, 5)


def workbook(sheet: str, strings: str = "") -> bytes:
    """As a spreadsheet program saves it: texts in a table of their own."""
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{strings}</sst>")
        book.writestr("xl/worksheets/sheet2.xml", f"<worksheet {MAIN}><sheetData/></worksheet>")
        book.writestr("xl/worksheets/sheet1.xml",
                      f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>")
    return kept.getvalue()


def test_our_own_workbook_is_read_back() -> None:
    rows = [["KS1", AT, Money(188_50), "已核销", "月卡 <30 天>"],
            ["0042", "2026-11-21 10:00", "¥1,188.00", "已撤销", None]]
    first, second = read_sheet(b"".join(as_xlsx([Table("核销明细", HEADINGS, rows)])))
    assert first == {"code": "KS1", "used_at": AT.replace(tzinfo=zone()), "cancelled": 0,
                     "amount_fen": Money(188_50), "title": "月卡 <30 天>"}
    assert (second["code"], second["cancelled"], second["amount_fen"]) == (
        "0042", 1, Money(1188_00))


def test_shared_texts_gaps_and_numbers_are_read_as_they_were_typed() -> None:
    strings = ("<si><t>券码</t></si><si><t>核销时间</t></si>"
               "<si><r><t>20</t></r><r><t>26-11-21 10:00</t></r><rPh><t>nope</t></rPh></si>")
    sheet = workbook(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
        '<row r="4"><c r="A4"><v>6.12232529041989E14</v></c><c r="C4" t="s"><v>2</v></c></row>',
        strings)
    (line,) = read_sheet(sheet)
    assert (line["code"], line["used_at"].hour) == ("612232529041989", 10)


@pytest.mark.parametrize("number", ["1.23456789012345E+18", "1E+999999999"])
def test_a_code_that_lost_its_last_digits_is_not_taken(number: str) -> None:
    sheet = workbook('<row r="1"><c t="inlineStr"><is><t>code</t></is></c>'
                     '<c t="inlineStr"><is><t>used_at</t></is></c></row>'
                     f'<row r="7"><c><v>{number}</v></c><c><v>46347.5</v></c></row>')
    with pytest.raises(InvalidInput) as caught:
        list(read_sheet(sheet))
    assert (caught.value.word, caught.value.facts["line"], caught.value.facts["column"]) == (
        "sheet_unreadable", 7, "券码")


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_reading, "MOST_UNPACKED", 100_000)
    bomb = workbook("<row/>" * 50_000)
    assert len(bomb) < 5_000
    with pytest.raises(InvalidInput) as caught:
        list(sheet_reading.lines(bomb))
    assert caught.value.word == "sheet_too_large"


@pytest.mark.parametrize("sheet", [
    workbook('<row><c t="s"><v>9</v></c></row>'), workbook("<row><c></row>"),
    workbook("", "").replace(b"sharedStrings", b"sharedStringX")[:200],
    workbook('<!DOCTYPE x [<!ENTITY a "b">]>')])
def test_a_broken_workbook_is_refused_in_words(sheet: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(sheet_reading.lines(sheet))
    assert caught.value.word == "sheet_unreadable"
