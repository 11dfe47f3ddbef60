"""What stands on a slip, line by line, laid out for the paper (mock-ups' README, "Print slip").

A Chinese character is as wide as two columns. Black only; nothing here knows a printer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from unicodedata import east_asian_width


class Paper(IntEnum):
    """Millimetres; the value of `columns` is for the usual font."""

    NARROW = 58
    WIDE = 80

    @property
    def columns(self) -> int:
        return 32 if self is Paper.NARROW else 48

    @property
    def dots(self) -> int:
        """Printable dots across at 203 dpi."""
        return self.columns * 12


@dataclass(frozen=True, slots=True)
class Text:
    """A centred line; `big`: double height and width. Too long for the paper, it wraps."""

    text: str
    big: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing at the left, one at the right."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across; `cut`: the dashed one, after which the paper is cut."""

    cut: bool = False


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of some 24 mm."""

    text: str


Line = Text | Pair | Rule | Qr


@dataclass(frozen=True, slots=True)
class Slip:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of characters as laid out; a big one has half the columns."""

    text: str
    big: bool = False
    centred: bool = False


def rows(slip: Slip, paper: Paper) -> Iterator[Row | Qr | Rule]:
    """The slip's rows for this paper; no row is wider than it."""
    columns = paper.columns
    for line in slip.lines:
        if isinstance(line, Text):
            for piece in wrapped(line.text, columns // 2 if line.big else columns):
                yield Row(piece, line.big, centred=True)
        elif isinstance(line, Pair):
            gap = columns - width(line.left) - width(line.right)
            if gap >= 1:
                yield Row(line.left + " " * gap + line.right)
            else:
                yield from (Row(piece) for piece in wrapped(line.left, columns))
                for piece in wrapped(line.right, columns):
                    yield Row(" " * (columns - width(piece)) + piece)
        elif isinstance(line, Rule) and not line.cut:
            yield Row("-" * columns)
        elif isinstance(line, Rule):
            yield Row("- " * (columns // 2))
            yield line
        else:
            yield line


def width(text: str) -> int:
    """Columns that a text takes.

    >>> width("券码 K7")
    7
    """
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, columns: int) -> list[str]:
    """The text in pieces of at most so many columns; never none."""
    pieces = [""]
    for character in text:
        if width(pieces[-1]) + width(character) > columns:
            pieces.append("")
        pieces[-1] += character
    return pieces
