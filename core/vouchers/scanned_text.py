"""From what a gun, a camera, a keyboard or a clipboard delivers to clean text.

Everything here is linear in the text, which `scan.read` has cut to a few thousand characters.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

LONGEST = 4096
"""Characters. The longest honest text is a share text with a long link, well under 2000."""

_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
"""Letters by category, blank on screen. Category Cf covers the other invisible characters."""
_LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_DOTS = frozenset("\u2212\u00b7\u2022\u2027\u2043\u30fb")
"""Minus, middle dots and bullets, used like dashes."""

_CONTROLS = frozenset(chr(c) for c in (*range(0x20), *range(0x7F, 0xA0))) - {"\n"}
_FRAMING = "".join(_CONTROLS) + " \n"

_SYMBOLOGY = re.compile(
    r"\][A-Za-z][0-9A-Fa-f]|"
    r"(?:QR[_ -]?CODE|CODE[_ -]?(?:39|93|128)|EAN[_ -]?(?:8|13)|UPC[_ -]?[AE]|ITF|CODABAR|"
    r"DATA[_ -]?MATRIX|PDF[_ -]?417|AZTEC)[,:] ?",
    re.IGNORECASE,
)
_RETAIL = re.compile(r"(?:\]E|EAN|UPC)", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Text of bytes: UTF-8, else GB 18030 as Chinese scanner guns send it. Never raises."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def fold(text: str) -> str | None:
    """One spelling of the same text: half-width, without invisible characters, plain blanks.

    Line ends and tabs become a newline, every dash a `-`, every decimal digit 0 to 9. Control
    characters around the text are a gun's framing and go. Inside the text they have no honest
    source: None.

    >>> fold("\\x02券码：１２３４\\u200b５６\\x03")
    '券码:123456'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    folded: list[str] = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        if character in _LINE_ENDS:
            folded.append("\n")
        elif category in ("Cf", "Me", "Mn") or character in _INVISIBLE:
            continue
        elif category[0] == "Z":
            folded.append(" ")
        elif category == "Pd" or character in _DOTS:
            folded.append("-")
        elif category == "Nd":
            folded.append(str(unicodedata.decimal(character)))
        else:
            folded.append(character)
    framed = "".join(folded).strip(_FRAMING)
    return None if any(character in _CONTROLS for character in framed) else framed


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text without the symbology that its scanner put in front."""

    text: str
    retail: bool
    """The scanner says that it was a product barcode (EAN or UPC)."""


def without_symbology(text: str) -> Labelled:
    """`CODE_128,1234567890` (WeChat's scanner) and `]C11234567890` (AIM) without their prefix."""
    match = _SYMBOLOGY.match(text)
    if match is None:
        return Labelled(text, retail=False)
    return Labelled(text[match.end() :], retail=_RETAIL.match(text) is not None)


def fed_once(text: str) -> str:
    """The text that a gun delivered two to four times without a pause, once.

    >>> fed_once("https://v.douyin.com/abc/https://v.douyin.com/abc/")
    'https://v.douyin.com/abc/'
    """
    for times in (2, 3, 4):
        length, rest = divmod(len(text), times)
        if length and not rest and text == text[:length] * times:
            return text[:length]
    return text


_CODE_KEYS = frozenset({
    "code", "receiptcode", "couponcode", "vouchercode", "voucherno", "qrcode", "url", "link",
    "text", "content", "result", "scanresult",
})  # fmt: skip
_OBJECT_KEYS = frozenset({"objectid", "encrypteddata"})


@dataclass(frozen=True, slots=True)
class Payload:
    """What a JSON text offers: texts to read on, and Douyin object ids."""

    texts: tuple[str, ...]
    object_ids: tuple[str, ...]


def payload(text: str) -> Payload | None:
    """The codes in a JSON object, its `data` object or a list. None: broken or no JSON.

    Numbers keep all their digits, leading zeros of a string too.
    """
    try:
        # A payload of 4 000 brackets exceeds the interpreter's recursion limit.
        value = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    texts: list[str] = []
    object_ids: list[str] = []
    items: list[tuple[str, object]] = []
    if isinstance(value, list):
        items = [("code", item) for item in value]
    elif isinstance(value, dict):
        inner = value.get("data")
        items = [*value.items(), *(inner.items() if isinstance(inner, dict) else ())]
    for name, item in items:
        key = name.replace("_", "").replace("-", "").lower()
        if not isinstance(item, str) or not item.strip():
            continue
        if key in _CODE_KEYS:
            texts.append(item)
        elif key in _OBJECT_KEYS:
            object_ids.append(item)
    return Payload(tuple(texts), tuple(object_ids))
