"""The codes in a photo: QR and bar codes, however the picture was taken.

A photo comes from anybody's phone, so it is distrusted: bytes and pixels are bounded before
anything is unpacked, and only a few picture formats are opened. Decoding is zxing-cpp's.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import zxingcpp
from PIL import Image

from core.errors import InvalidInput

MOST_BYTES = 6 * 1024 * 1024
MOST_PIXELS = 25_000_000

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_WORKING_SIZE = 1600
"""Longer edge in pixels for the first look: a phone's 12 megapixels add time, not legibility."""
_SMALL_SIZE = 800
"""A picture below this is looked at once more in double size."""

_BARCODES = zxingcpp.BarcodeFormats([
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
])
"""What vouchers and shop goods carry. Formats without a check digit (ITF, Codabar) are left out:
they are found in lines of text."""

_BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error)
"""What Pillow raises for pictures that only look like one."""


def decode(image: bytes) -> list[str]:
    """The texts of all codes in a picture, each once; empty when there are none.

    Any rotation or EXIF orientation, light on dark and transparent pictures are read.
    Raises InvalidInput "image_too_large" (over 6 MB or 25 megapixels) or "not_an_image".
    """
    if len(image) > MOST_BYTES:
        raise InvalidInput("image_too_large", most_bytes=MOST_BYTES)
    grey = _opened(image)
    for view in _views(grey):
        found = zxingcpp.read_barcodes(view, formats=_BARCODES, text_mode=zxingcpp.TextMode.Plain)
        texts = list(dict.fromkeys(code.text for code in found if code.text))
        if texts:
            return texts
    return []


def small_jpeg(image: bytes, most_bytes: int) -> bytes:
    """A picture as a grey JPEG of at most so many bytes, without what a camera writes beside it;
    a page of text stays legible at 60 kB. Raises InvalidInput like `decode`."""
    if len(image) > MOST_BYTES:
        raise InvalidInput("image_too_large", most_bytes=MOST_BYTES)
    picture = _opened(image)
    for edge in (_WORKING_SIZE, 1200, 900, 600, 300):
        picture.thumbnail((edge, edge))
        kept = BytesIO()
        picture.save(kept, "JPEG", quality=60, optimize=True)
        if kept.tell() <= most_bytes:
            return kept.getvalue()
    raise InvalidInput("image_too_large", most_bytes=most_bytes)


def _opened(image: bytes) -> Image.Image:
    """The first frame in greys, on white where it was transparent.

    The EXIF orientation is not applied: zxing-cpp reads all eight, mirrored ones too, and EXIF
    data from strangers is one thing less to parse.
    """
    try:
        with Image.open(BytesIO(image), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise InvalidInput("image_too_large", most_pixels=MOST_PIXELS)
            picture.draft("L", (2 * _WORKING_SIZE, 2 * _WORKING_SIZE))
            if not picture.has_transparency_data:
                return picture.convert("L")
            paper = Image.new("RGBA", picture.size, "white")
            return Image.alpha_composite(paper, picture.convert("RGBA")).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput("image_too_large", most_pixels=MOST_PIXELS) from error
    except _BROKEN as error:
        raise InvalidInput("not_an_image") from error


def _views(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture as it should be looked at: quick first, then closer."""
    longest = max(grey.size)
    if longest > _WORKING_SIZE:
        quick = grey.copy()
        quick.thumbnail((_WORKING_SIZE, _WORKING_SIZE))
        yield quick
    yield grey
    if longest < _SMALL_SIZE:
        yield grey.resize((2 * grey.width, 2 * grey.height), Image.Resampling.BICUBIC)
