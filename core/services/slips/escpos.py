"""A slip as ESC/POS bytes, for any printer that speaks it.

Chinese needs its mode switched on first (FS &), which common libraries leave out; many printers
then print garbage (libraries.md section 8). The QR code is the printer's own: some fifty bytes.
"""

from __future__ import annotations

from dataclasses import replace

from core.services.slips.slip import Pair, Paper, Qr, Row, Rule, Slip, Text, rows

_ESC, _FS, _GS = b"\x1b", b"\x1c", b"\x1d"
RESET = _ESC + b"@"
CHINESE_ON, CHINESE_OFF = _FS + b"&", _FS + b"."
LEFT, CENTRE = _ESC + b"a\x00", _ESC + b"a\x01"
USUAL = _GS + b"!\x00" + _FS + b"!\x00"
BIG = _GS + b"!\x11" + _FS + b"!\x0c"
"""Double width and height; the second command is for the Chinese font of printers that keep it
apart."""
CUT = _ESC + b"d\x04" + _GS + b"VB\x00"
_MODULE_DOTS = 8


def escpos(slip: Slip, paper: Paper = Paper.NARROW) -> bytes:
    """The bytes to send to the printer as they are."""
    out = [RESET, CHINESE_ON]
    for row in rows(_yuan(slip), paper):
        if isinstance(row, Row):
            size = BIG if row.big else USUAL
            out += [CENTRE if row.centred else LEFT, size, _encoded(row.text), b"\n"]
        elif isinstance(row, Qr):
            out += [CENTRE, USUAL, _qr(row.text), b"\n"]
        elif isinstance(row, Rule):
            out.append(CUT)
    return b"".join([*out, USUAL, CHINESE_OFF])


def _yuan(slip: Slip) -> Slip:
    """With the sign of yuan that printers have: the Chinese one, of two columns."""
    def told(text: str) -> str:
        return text.replace("¥", "￥")

    return Slip(tuple(
        replace(line, text=told(line.text)) if isinstance(line, Text) else
        replace(line, left=told(line.left), right=told(line.right)) if isinstance(line, Pair)
        else line for line in slip.lines))


def _encoded(text: str) -> bytes:
    """GB 18030, whose four-byte characters printers do not have: those become a question mark."""
    encoded = (character.encode("gb18030") for character in text)
    return b"".join(code if len(code) < 4 else b"?" for code in encoded)


def _qr(text: str) -> bytes:
    """GS ( k: model 2, module size, error correction M, store, print."""
    data = text.encode()
    stored = (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    return b"".join(_GS + b"(k" + command for command in (
        b"\x04\x001A2\x00", b"\x03\x001C" + bytes([_MODULE_DOTS]), b"\x03\x001E1", stored,
        b"\x03\x001Q0"))
