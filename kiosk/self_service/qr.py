"""QR codes as SVG: dark on white whatever the theme, with the quiet zone scanners need."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

INK = "#0F1F27"
QUIET = 4
"""Modules of white around (ISO/IEC 18004)."""


def path(text: str, *, small: bool = False) -> tuple[int, str]:
    """Modules per side, and one SVG path of all dark modules, a run of them per row at a time."""
    code = qrcode.QRCode(border=0, error_correction=ERROR_CORRECT_L if small else ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    runs = []
    for y, row in enumerate(code.modules):
        x = 0
        while x < len(row):
            width = next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if width:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width + 1
    return len(code.modules), "".join(runs)


def svg(text: str) -> str:
    """A whole SVG document of the code."""
    side, dark = path(text)
    box = f"-{QUIET} -{QUIET} {side + 2 * QUIET} {side + 2 * QUIET}"
    white = f"M-{QUIET}-{QUIET}h{side + 2 * QUIET}v{side + 2 * QUIET}h-{side + 2 * QUIET}z"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
            f'shape-rendering="crispEdges"><path fill="#fff" d="{white}"/>'
            f'<path fill="{INK}" d="{dark}"/></svg>')
