"""Tables as CSV or XLSX, streamed: memory does not grow with the rows.

A cell of text stays text: a spreadsheet program must neither run it as a formula nor turn a code
or phone into a number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter

from core.money import Money

Cell = str | int | float | Money | date | datetime | None
"""A datetime is naive: the hour at the shop."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMERIC = frozenset("0123456789.,eE/:-% ")
FLUSH_ROWS = 200
MOST_ROWS = 1_000_000
"""Of one XLSX sheet; the format ends at 1 048 576."""
CHUNK = 64 * 1024
WIDTH = 18


@dataclass(frozen=True, slots=True)
class Table:
    """A name, headings, and rows that are read once."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def as_csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """UTF-8 with a mark, so that spreadsheet programs see the characters; an empty line and the
    name stand between several tables."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([_csv_cell(table.name)])
        writer.writerow([_csv_cell(heading) for heading in table.headings])
        for count, row in enumerate(table.rows, 1):
            writer.writerow([_csv_cell(cell) for cell in row])
            if count % FLUSH_ROWS == 0:
                yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_cell(cell: Cell) -> str | int | float:
    """An apostrophe before a text that would be run as a formula, or taken for a number or date:
    a code of nineteen digits would lose its last four."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_STARTS) or _like_a_number(cell) else cell
    if isinstance(cell, Money):
        return str(cell.to_yuan())
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, date) else cell


def _like_a_number(text: str) -> bool:
    return NUMERIC.issuperset(text) and any(map(str.isdigit, text))


def as_xlsx(tables: Sequence[Table]) -> Iterator[bytes]:
    """A sheet for each table. The format wants its end before its beginning, so it is written to
    a temporary file first; the rows go there one by one."""
    with TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False})
        styles = {date: book.add_format({"num_format": "yyyy-mm-dd"}),
                  datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
                  Money: book.add_format({"num_format": "#,##0.00"})}
        bold = book.add_format({"bold": True})
        for table in tables:
            _write_sheets(book, table, styles, bold)
        book.close()
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _write_sheets(book: Any, table: Table, styles: dict[type, Any], bold: Any) -> None:
    rows, sheet_number, more = iter(table.rows), 0, True
    while more:
        sheet_number += 1
        name = table.name if sheet_number == 1 else f"{table.name} {sheet_number}"
        sheet = book.add_worksheet(name[:31])
        sheet.set_column(0, len(table.headings) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(table.headings):
            sheet.write_string(0, column, heading, bold)
        more = False
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, styles)
            if number == MOST_ROWS:
                more = True
                break


def _write(sheet: Any, row: int, column: int, cell: Cell, styles: dict[type, Any]) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, Money):
        sheet.write_number(row, column, float(cell.to_yuan()), styles[Money])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, styles[type(cell)])
    elif cell is not None:
        sheet.write_number(row, column, cell)
