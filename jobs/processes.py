"""The processes of an installation that runs with one command, in the stages they start in."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

from core.config import Settings
from jobs.demo_world import sandbox_answers
from jobs.redis_server import answers_ping
from jobs.supervisor import Child, answers

ROOT = Path(__file__).parents[1]


def shop_processes(settings: Settings) -> list[list[Child]]:
    """A shop of one machine: Redis, then the tables, then pages and jobs."""
    return [_embedded(settings), [command("migrate", step=True)], *_doors(settings)]


def demo_processes(settings: Settings) -> list[list[Child]]:
    """The same with a sandbox; the demo's data make their tables and wait for it themselves."""
    sandbox = command("sandbox", ready=answers(sandbox_answers(settings)))
    return [[*_embedded(settings), sandbox, command("demo-data", step=True)], *_doors(settings)]


def _embedded(settings: Settings) -> list[Child]:
    return [] if settings.redis_url else [redis(settings)]


def _doors(settings: Settings) -> list[list[Child]]:
    """The pages first, with the machine to themselves while they load."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    host = f"[{host}]" if ":" in host else host
    return [[command("web", ready=answers(f"http://{host}:{settings.port}/healthz"))],
            [command("worker", "quick"), command("worker", "slow"), command("cron")]]


def command(*words: str, ready: Callable[[], bool] | None = None, step: bool = False) -> Child:
    """A child that runs one of our own commands."""
    return Child("-".join(words), [sys.executable, str(ROOT / "app.py"), *words], ready=ready,
                 step=step)


def redis(settings: Settings) -> Child:
    """The embedded server."""
    return Child("redis", [sys.executable, "-m", "jobs.redis_server", str(settings.data_dir),
                           str(settings.redis_socket)], env={"PYTHONPATH": str(ROOT)},
                 ready=lambda: answers_ping(settings.redis_socket))


def refuse_taken_ports(settings: Settings) -> None:
    """Raises SystemExit naming the variable to change, before anything has started."""
    wanted = [("PORT", settings.host, settings.port)]
    if settings.mode == "demo":
        wanted.append(("SANDBOX_PORT", "127.0.0.1", settings.sandbox_port))
    for name, host, port in wanted:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SystemExit(f"{host}:{port} cannot be used ({error.strerror}): "
                                 f"set {name} to another port") from error
