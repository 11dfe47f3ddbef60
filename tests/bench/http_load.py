"""Sixteen keep-alive clients against the bench's own server, and what the server spent on them."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.config import Settings
from jobs.demo_world import environment, sandbox_world
from jobs.redis_server import answers_ping
from tests.running import ROOT, RunningShop, until

CLIENTS = 16
PROCESSES = 2
"""Of clients, so that they themselves are not what limits the rate."""
SERVER_PID = "served.pid"


class Client:
    """One keep-alive connection."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._line.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._line.getresponse()
        raw = answer.read()
        assert answer.status == 200, (path, answer.status, raw[:300])
        return json.loads(raw)


def _cpu_seconds(pid: int) -> float:
    """Of a process and its children, from /proc: fields 14 and 15 of `stat` are clock ticks."""
    here = Path("/proc", str(pid))
    fields = (here / "stat").read_text().rpartition(") ")[2].split()
    children = (here / "task" / str(pid) / "children").read_text().split()
    return ((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            + sum(_cpu_seconds(int(child)) for child in children))


@dataclass(frozen=True, slots=True)
class Load:
    """`seconds` of each item, sorted; `cpu_ms` of the server for one."""

    rate: float
    seconds: list[float]
    cpu_ms: float

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return self.seconds[min(int(len(self.seconds) * share), len(self.seconds) - 1)] * 1000


def load(shop: RunningShop, items: Sequence[Any], work: Callable[[Client, Any], None]) -> Load:
    """Let the clients share the items out among them and work as fast as they can."""
    out: Any = multiprocessing.Queue()
    server = int((shop.folder / SERVER_PID).read_text())
    before, began = _cpu_seconds(server), time.perf_counter()
    both = [multiprocessing.Process(target=_clients,
                                    args=(shop.web_url, items[n::PROCESSES], work, out))
            for n in range(PROCESSES)]
    for one in both:
        one.start()
    seconds = sorted(each for _ in both for each in out.get())
    for one in both:
        one.join()
    lasted, spent = time.perf_counter() - began, _cpu_seconds(server) - before
    return Load(len(seconds) / lasted, seconds, spent * 1000 / len(seconds))


def _clients(base: str, items: Sequence[Any], work: Callable[[Client, Any], None],
             out: Any) -> None:
    seconds: list[float] = []
    here = CLIENTS // PROCESSES

    def run(mine: Sequence[Any]) -> None:
        client = Client(base)
        for item in mine:
            began = time.perf_counter()
            work(client, item)
            seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=run, args=(items[n::here],)) for n in range(here)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    out.put(seconds)


def empty(shop: RunningShop, count: int = 4000) -> Load:
    """The same server's empty JSON route: what the ratios are against."""
    return load(shop, range(count), lambda client, _: client.call("GET", "/bench/empty"))


def statements(shop: RunningShop, items: Sequence[Any],
               work: Callable[[Client, Any], None]) -> tuple[float, float]:
    """Statements and commits of one item, by a server whose meter is on."""
    client = Client(shop.web_url)
    before = client.call("GET", "/bench/spent")
    for item in items:
        work(client, item)
    after = client.call("GET", "/bench/spent")
    per_item = [(after[name] - before[name]) / len(items) for name in ("statements", "commits")]
    return per_item[0], per_item[1]


@contextmanager
def serving(codes: int, latency: float = 0.0, *, metered: bool = False) -> Iterator[RunningShop]:
    """The demo's data and Redis behind `tests.bench.served`, which sells so many codes. Its meter
    takes time, so what is timed is not metered."""
    with tempfile.TemporaryDirectory() as folder:
        shop = RunningShop(Path(folder), LOG_LEVEL="ERROR")
        settings = Settings.read(shop.environ)
        shop.environ.update(environment(sandbox_world(settings)))
        shop.start("sandbox", answers_at=f"{shop.sandbox_url}/_sandbox/faults")
        assert shop.command("demo-data").wait() == 0, shop.log()[-2000:]
        shop.stop("sandbox")
        redis = _module(shop, "jobs.redis_server", folder, str(settings.redis_socket))
        until(lambda: answers_ping(settings.redis_socket), "Redis")
        web = _module(shop, "tests.bench.served", str(codes), str(latency),
                      str(int(metered)))
        try:
            until(lambda: shop._answers(web, f"{shop.web_url}/healthz"), "the server")
            (shop.folder / SERVER_PID).write_text(str(web.pid))
            yield shop
        finally:
            for each in (web, redis):
                each.terminate()
                each.wait()
            shop.stop()


def _module(shop: RunningShop, *words: str) -> subprocess.Popen[bytes]:
    with shop.log_path.open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=shop.environ,
                                stdout=log, stderr=subprocess.STDOUT)
