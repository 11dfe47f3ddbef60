"""Time budgets for platform calls, and sockets that keep them.

`requests` bounds the wait for each packet, not for a whole answer: a platform that drips one byte
a second would hold a thread for ever. Here every receive and send is given what is left of the
running budget, so the whole answer fits in it. Resolving a host name is the one step that the
operating system bounds, not we.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_ends: ContextVar[float | None] = ContextVar("platform_budget_ends", default=None)


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Everything asked of platforms inside takes at most `seconds` together, tokens included.

    Inside another budget the earlier end holds. Belongs to the running thread (context).
    """
    ends = time.monotonic() + seconds
    outer = _ends.get()
    before = _ends.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ends.reset(before)


def left() -> float | None:
    """Seconds left of the running budget, 0 when it is used up; None outside of one."""
    ends = _ends.get()
    return None if ends is None else max(ends - time.monotonic(), 0.0)


def _allow(sock: socket.socket) -> None:
    """Give the next operation on the socket what is left. Raises TimeoutError for nothing."""
    seconds = left()
    if seconds is None:
        return
    if seconds <= 0:
        raise TimeoutError("the budget of this platform call is used up")
    sock.settimeout(seconds)


class _BoundedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = cast(io.RawIOBase, sock.makefile("rb", buffering=0))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _allow(self._sock)
        return cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedSocket:
    """A connected socket whose reads and writes end with the running budget."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._sock))

    def sendall(self, data: Any) -> None:
        _allow(self._sock)
        self._sock.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = cast(socket.socket, _BoundedSocket(self.sock))


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = cast(socket.socket, _BoundedSocket(self.sock))


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class BoundedAdapter(HTTPAdapter):
    """Mount on a `requests.Session`, so that all its answers keep to the running budget."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
