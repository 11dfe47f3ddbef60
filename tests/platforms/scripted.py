"""A bare server on a real socket that answers, drips, hangs up or stays silent as told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Turn = Callable[[socket.socket, bytes], None]
"""Gets the connection and the request, head and body."""


@dataclass
class Scripted:
    """Each request takes the next turn; the last turn is repeated. `seen` has the raw heads."""

    turns: list[Turn]
    seen: list[bytes] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            while head := _request(connection):
                self.seen.append(head)
                turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
                try:
                    turn(connection, head)
                except (OSError, _HangUp):
                    return


class _HangUp(Exception):
    pass


@contextmanager
def scripted(*turns: Turn) -> Iterator[Scripted]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(list(turns), url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
    try:
        yield server
    finally:
        listener.close()


def _request(connection: socket.socket) -> bytes:
    """One request with its body, or b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            part = connection.recv(65536)
        except OSError:
            return b""
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                   if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(body: bytes, status: str = "200 OK", *headers: str) -> Turn:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]

    def turn(connection: socket.socket, request: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode() + body)
    return turn


def hangs_up(connection: socket.socket, request: bytes) -> None:
    raise _HangUp


def stays_silent(connection: socket.socket, request: bytes) -> None:
    connection.recv(1)  # until the client goes away
    raise _HangUp


def drips_head(connection: socket.socket, request: bytes) -> None:
    """A header without end, one byte at a time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(connection, b"x")


def drips_body(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    _drip(connection, b" ")


def _drip(connection: socket.socket, byte: bytes) -> None:
    while True:
        connection.sendall(byte)
        time.sleep(0.02)
