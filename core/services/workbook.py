"""An XLSX workbook written from its first byte to its last, while its rows are still being read.

The format is a zip of XML parts (ECMA-376, "Office Open XML"). What a usual writer puts at the
beginning and cannot know yet, the list of sheets, may as well stand at the end. Texts stand in
their cells, so no table of strings grows with the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from core.money import Money

Cell = str | int | float | Money | date | datetime | None
"""A datetime is naive: the hour at the shop."""

FLUSH_ROWS = 200
WIDTH = 18
LONGEST_TEXT = 32_767
"""Characters of a cell, and of a sheet's name: limits of the format."""
LONGEST_NAME = 31
MOST_SHEET_BYTES = 1_900_000_000
"""Of one part before it is compressed: from 2 GiB on, zip needs a form that not all can read."""
EPOCH = datetime(1899, 12, 30)
"""Day 0 of a spreadsheet."""

_BOLD, _DATE, _TIME, _MONEY = 1, 2, 3, 4
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FIRST_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        f'.relationships+xml"/><Default Extension="xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>'),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="3">'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
        '<numFmt numFmtId="166" formatCode="#,##0.00"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="5">'
        + "".join(f'<xf numFmtId="{form}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
                  'applyNumberFormat="1" applyFont="1"/>'
                  for form, font in ((0, 0), (0, 1), (164, 0), (165, 0), (166, 0)))
        + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        '</cellStyles></styleSheet>'),
}


class _Sent:
    """Where the zip goes: it cannot seek, so the zip is written to be read as it comes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits here for anything."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class Workbook:
    """Write sheets one after the other and send what they yield; `end` yields the rest."""

    def __init__(self) -> None:
        self._sent = _Sent()
        self._zip = ZipFile(self._sent, "w", ZIP_DEFLATED)  # type: ignore[call-overload]  # its stubs want tell(), which zipfile does without
        self._names: list[str] = []
        for name, content in _FIRST_PARTS.items():
            self._part(name, content)

    def sheet(self, name: str, headings: Sequence[str], rows: Iterator[Sequence[Cell]],
              most: int) -> Iterator[bytes]:
        """A sheet of up to `most` of the rows; the others are left in `rows`."""
        self._names.append(_name(name))
        info = _info(f"xl/worksheets/sheet{len(self._names)}.xml")
        with self._zip.open(info, "w") as part:
            size = part.write(_before(headings).encode())
            waiting: list[str] = []
            for number in range(2, most + 2):
                row = next(rows, None)
                if row is not None:
                    waiting.append(_row(number, row))
                if row is None or len(waiting) == FLUSH_ROWS:
                    size += part.write("".join(waiting).encode())
                    waiting.clear()
                    yield self._sent.taken()
                if row is None or size > MOST_SHEET_BYTES:
                    break
            part.write(("".join(waiting) + "</sheetData></worksheet>").encode())
        yield self._sent.taken()

    def end(self) -> bytes:
        """What only the end knows: which sheets there are."""
        sheets, related = "", ""
        for number, name in enumerate(self._names, 1):
            sheets += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            related += (f'<Relationship Id="rId{number}" Type="{_RELATED}/worksheet" '
                        f'Target="worksheets/sheet{number}.xml"/>')
        self._part("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
                                      f'{sheets}</sheets></workbook>')
        self._part("xl/_rels/workbook.xml.rels", (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId{len(self._names) + 1}" Type="{_RELATED}/styles" '
            'Target="styles.xml"/></Relationships>'))
        self._zip.close()
        return self._sent.taken()

    def _part(self, name: str, content: str) -> None:
        self._zip.writestr(_info(name), _HEAD + content)


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name)  # of 1980: the same rows give the same bytes
    info.compress_type = ZIP_DEFLATED
    return info


def _name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", text)[:LONGEST_NAME]


def _before(headings: Sequence[str]) -> str:
    return (f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f'</sheetView></sheetViews><cols><col min="1" max="{max(len(headings), 1)}" '
            f'width="{WIDTH}" customWidth="1"/></cols><sheetData>'
            + _row(1, headings, _BOLD))


def _row(number: int, cells: Iterable[Cell], style: int = 0) -> str:
    inner = "".join(_cell(f"{_letters(place)}{number}", cell, style)
                    for place, cell in enumerate(cells) if cell is not None)
    return f'<row r="{number}">{inner}</row>'


def _cell(name: str, cell: Cell, style: int) -> str:
    if isinstance(cell, str):
        styled = f' s="{style}"' if style else ""
        return (f'<c r="{name}"{styled} t="inlineStr"><is><t xml:space="preserve">'
                f'{_text(cell)}</t></is></c>')
    if isinstance(cell, Money):
        return f'<c r="{name}" s="{_MONEY}"><v>{cell.fen / 100:.16g}</v></c>'
    if isinstance(cell, datetime):
        return f'<c r="{name}" s="{_TIME}"><v>{_serial(cell):.16g}</v></c>'
    if isinstance(cell, date):
        midnight = datetime.combine(cell, datetime.min.time())
        return f'<c r="{name}" s="{_DATE}"><v>{_serial(midnight):.16g}</v></c>'
    return f'<c r="{name}"><v>{cell:.16g}</v></c>'


def _serial(at: datetime) -> float:
    return (at - EPOCH).total_seconds() / 86_400


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    above, last = divmod(place, 26)
    return (_letters(above - 1) if above else "") + _LETTERS[last]


_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def _text(text: str) -> str:
    """As XML; characters that it has no room for in the format's own `_x001F_`, as well as an
    underscore that would be read as the beginning of one."""
    return escape(_NOT_XML.sub(lambda met: f"_x{ord(met[0]):04X}_", text[:LONGEST_TEXT]))
