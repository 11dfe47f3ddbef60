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
from itertools import chain, count

from core.money import Money
from core.services.workbook import FLUSH_ROWS, Cell, Workbook

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMERIC = frozenset("0123456789.,eE/:-% ")
MOST_ROWS = 1_000_000
"""Of one XLSX sheet; the format ends at 1 048 576."""


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
    for place, table in enumerate(tables):
        if place:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([_csv_cell(table.name)])
        writer.writerow([_csv_cell(heading) for heading in table.headings])
        for number, row in enumerate(table.rows, 1):
            writer.writerow([_csv_cell(cell) for cell in row])
            if number % FLUSH_ROWS == 0:
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
    """A sheet for each table, and another where its rows are more than a sheet holds."""
    book = Workbook()
    for table in tables:
        rows: Iterator[Sequence[Cell]] = iter(table.rows)
        for number in count(1):
            name = table.name if number == 1 else f"{table.name} {number}"
            yield from filter(None, book.sheet(name, table.headings, rows, MOST_ROWS))
            following = next(rows, None)
            if following is None:
                break
            rows = chain([following], rows)
    yield book.end()
