"""A slip printer: takes bytes on a port, like the real ones, and keeps them."""

from __future__ import annotations

import socket
from threading import Thread


class PaperPrinter:
    """Listens until `stop`; `slips` holds what each connection brought."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self.slips: list[bytes] = []
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with line:
                got = b""
                while piece := line.recv(4096):
                    got += piece
                self.slips.append(got)

    def slip(self) -> str:
        """The text of the last slip, once its sender has closed the line."""
        self.stop()
        return self.slips[-1].decode("gb18030", "replace")

    def stop(self) -> None:
        """Take what is under way, and close."""
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        while not self.slips or self.slips[-1] != b"":
            self._thread.join(0.01)
        self.slips.pop()
        self._door.close()
