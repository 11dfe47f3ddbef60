"""A slip as a picture: PNG, or a PDF page of the paper's size."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from unicodedata import east_asian_width

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from core.services.slips.slip import Paper, Qr, Row, Slip, rows

CELL = 12
"""Dots of one column; a Chinese character is a square of two."""
ROW = 30
MARGIN = 24
MODULE = 7
DPI = 203
_QUIET = 4
_FONTS = (
    "/usr/share/fonts/**/NotoSansCJK-Regular.ttc", "/usr/share/fonts/**/SourceHanSans*.otf",
    "/usr/share/fonts/**/wqy-*.ttc", "/usr/share/fonts/**/DroidSansFallback*.ttf",
    "/System/Library/Fonts/PingFang.ttc", "C:/Windows/Fonts/msyh.ttc",
)
"""Where systems keep a font with Chinese; the first that is there is taken."""


@lru_cache(maxsize=1)
def chinese_font() -> str | None:
    """A font file with Chinese characters, or None on a machine that has none."""
    for pattern in _FONTS:
        root = Path(Path(pattern).anchor)
        if found := sorted(root.glob(str(Path(pattern).relative_to(root)))):
            return str(found[0])
    return None


def png(slip: Slip, paper: Paper = Paper.NARROW) -> bytes:
    """Black on white, one bit a dot, as wide as the paper prints."""
    out = BytesIO()
    _drawn(slip, paper).save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def pdf(slip: Slip, paper: Paper = Paper.NARROW) -> bytes:
    """One page of the slip's size."""
    out = BytesIO()
    _drawn(slip, paper).save(out, "PDF", resolution=DPI)
    return out.getvalue()


def _drawn(slip: Slip, paper: Paper) -> Image.Image:
    parts = [_part(row) for row in rows(slip, paper)]
    height = sum(part.height for part in parts if part is not None) + 2 * MARGIN
    sheet = Image.new("1", (paper.dots, height), 1)
    top = MARGIN
    for part in parts:
        if part is not None:
            left = (paper.dots - part.width) // 2 if part.width < paper.dots else 0
            sheet.paste(part, (left, top))
            top += part.height
    return sheet


def _part(row: object) -> Image.Image | None:
    if isinstance(row, Row):
        return _text(row)
    return _qr(row.text) if isinstance(row, Qr) else None


def _text(row: Row) -> Image.Image:
    """Each character in its own cell, so that columns stand under each other in any font."""
    scale = 2 if row.big else 1
    font = _font(20 * scale)
    cells = [(character, 2 if east_asian_width(character) in "WF" else 1)
             for character in row.text]
    line = Image.new("1", (max(sum(width for _, width in cells), 1) * CELL * scale,
                           ROW * scale), 1)
    pen = ImageDraw.Draw(line)
    column = 0
    for character, width in cells:
        middle = (column + width / 2) * CELL * scale
        pen.text((middle, ROW * scale / 2), character, font=font, fill=0, anchor="mm")
        column += width
    return line


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = chinese_font()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _qr(text: str) -> Image.Image:
    code = qrcode.QRCode(border=_QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    side = len(modules)
    small = Image.new("1", (side, side), 1)
    small.putdata([0 if dark else 1 for row in modules for dark in row])
    return small.resize((side * MODULE, side * MODULE))
