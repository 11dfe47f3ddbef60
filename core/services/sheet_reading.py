"""The lines of a sheet that somebody sends: CSV, or the first sheet of an XLSX workbook.

Read with the standard library. A workbook is a zip of XML made by a stranger, so what it unpacks
to is counted while it is read, and a document type, where entities would be defined, is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile
from zlib import error as DeflateError

from core.errors import InvalidInput

MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of one part of a workbook."""
MOST_COLUMNS = 200
KEPT_DIGITS = 15
"""A spreadsheet program forgets the digits of a number after these."""
Line = tuple[int, list[str]]
"""Its number as the spreadsheet shows it, and its cells."""

_STRINGS, _SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"


def lines(sheet: bytes) -> Iterator[Line]:
    """UTF-8 or GB18030 text, or XLSX. Raises InvalidInput: sheet_too_large, sheet_unreadable."""
    if len(sheet) > MOST_BYTES:
        raise InvalidInput("sheet_too_large", most_bytes=MOST_BYTES)
    return _of_workbook(sheet) if sheet[:4] == b"PK\x03\x04" else _of_text(sheet)


def _of_text(sheet: bytes) -> Iterator[Line]:
    try:
        text = sheet.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = sheet.decode("gb18030", "replace")
    return enumerate(csv.reader(text.splitlines()), 1)


def _of_workbook(sheet: bytes) -> Iterator[Line]:
    number = 0
    try:
        with ZipFile(BytesIO(sheet)) as book:
            names = sorted((name for name in book.namelist()
                            if name.startswith(_SHEETS) and name.endswith(".xml")),
                           key=lambda name: (len(name), name))
            strings = ([_text(one) for one in _elements(book, _STRINGS, "si")]
                       if _STRINGS in book.namelist() else [])
            for row in _elements(book, names[0], "row"):
                number = int(row.get("r", number + 1))
                yield number, _cells(row, strings)
    except (BadZipFile, DeflateError, ParseError, NotImplementedError, RuntimeError, LookupError,
            ValueError, EOFError, OSError) as error:
        raise InvalidInput("sheet_unreadable", line=number + 1, column="A") from error


class _Counted:
    """A part of the zip that is read up to a limit."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part = part
        self._left = MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        found = self._part.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(found)
        if self._left < 0:
            raise InvalidInput("sheet_too_large", most_bytes=MOST_UNPACKED)
        if b"<!DOCTYPE" in found or b"<!ENTITY" in found:
            raise InvalidInput("sheet_unreadable", line=1, column="A")
        return found


def _elements(book: ZipFile, name: str, tag: str) -> Iterator[Element]:
    """The elements of one kind, each forgotten when the next is asked for."""
    with book.open(name) as part:
        events = iterparse(_Counted(part), events=("start", "end"))
        _, root = next(events)
        for event, element in events:
            if event == "end" and _is(element, tag):
                yield element
                root.clear()
                element.clear()


def _is(element: Element, tag: str) -> bool:
    return element.tag.rpartition("}")[2] == tag


def _text(element: Element) -> str:
    """Its runs joined, without the reading aids of Japanese texts (`rPh`)."""
    return "".join((one.text or "") if _is(one, "t") else _text(one)
                   for one in element if not _is(one, "rPh"))


def _cells(row: Element, strings: list[str]) -> list[str]:
    found: list[str] = []
    for cell in row:
        place = _place(cell.get("r", "")) if cell.get("r") else len(found)
        if place >= MOST_COLUMNS:
            break
        found += [""] * (place + 1 - len(found))
        found[place] = _value(cell, strings)
    return found


def _place(name: str) -> int:
    """`A1` is 0, `AB7` is 27."""
    place = 0
    for letter in name.rstrip("0123456789"):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _value(cell: Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_text(one) for one in cell if _is(one, "is"))
    text = next((one.text or "" for one in cell if _is(one, "v")), "")
    if kind == "s":
        return strings[int(text)]
    return _number(text) if kind == "n" and text else text


def _number(text: str) -> str:
    """A number as it was typed. One that lost digits is no code any more, so it says nothing."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number.adjusted() >= KEPT_DIGITS:
        return ""
    return f"{number:.{KEPT_DIGITS}g}" if number % 1 else f"{number:.0f}"
