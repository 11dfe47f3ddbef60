"""A slip printer in the shop's network: bytes to its raw port, and nothing is heard back."""

from __future__ import annotations

import socket

from core.baton import BATON
from core.errors import PlatformBusy, PlatformUnknown

PLATFORM = "printer"
PATIENCE = 1.5
"""Seconds for each step: the member is standing there, and the browser can print too."""


def send(address: str, port: int, content: bytes) -> None:
    """Give the printer its bytes.

    Raises PlatformBusy("printer_silent") when nobody answers there: nothing was printed;
    PlatformUnknown("printer_unsure") when it stopped listening half-way.
    """
    with BATON.laid_down():
        _send(address, port, content)


def _send(address: str, port: int, content: bytes) -> None:
    try:
        line = socket.create_connection((address, port), PATIENCE)
    except OSError:
        raise PlatformBusy(PLATFORM, "printer_silent") from None
    with line:
        try:
            line.settimeout(PATIENCE)
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
        except OSError:
            raise PlatformUnknown(PLATFORM, "printer_unsure") from None
