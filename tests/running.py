"""A whole shop as real processes, for crash and browser tests: sandbox, database, pages.

Everything lives in one folder and on free ports; `stop` ends what was started, by its pid.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from redis import Redis
from rq import Worker

from core.config import Settings

ROOT = Path(__file__).parents[1]
PATIENCE = 60
"""Seconds; a machine that is busy with something else still passes."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], what: str) -> None:
    """Wait for it; waiting in vain fails, slowness does not."""
    late_at = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < late_at, f"waited in vain: {what}"
        time.sleep(0.05)


class RunningShop:
    """One installation in demo mode. `environ` are more variables for every process."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.web_url = f"http://127.0.0.1:{free_port()}"
        self.sandbox_url = f"http://127.0.0.1:{free_port()}"
        self.log_path = folder / "processes.log"
        self.environ = {
            **os.environ, "HX_MODE": "demo", "DATA_DIR": str(folder),
            "PORT": self.web_url.rsplit(":", 1)[1],
            "SANDBOX_PORT": self.sandbox_url.rsplit(":", 1)[1], **environ}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.http = requests.Session()
        self.http.trust_env = False

    def command(self, *words: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start `app.py …`; its output goes to the log."""
        with self.log_path.open("ab") as log:
            return subprocess.Popen([sys.executable, str(ROOT / "app.py"), *words], cwd=ROOT,
                                    env={**self.environ, **environ}, stdout=log,
                                    stderr=subprocess.STDOUT, start_new_session=True)

    def start(self, *words: str, answers_at: str | None = None) -> subprocess.Popen[bytes]:
        """Start a process that stays, and wait until it answers."""
        process = self.command(*words)
        self._running["-".join(words)] = process
        if answers_at is not None:
            until(lambda: self._answers(process, answers_at), f"{words} to answer")
        return process

    def _answers(self, process: subprocess.Popen[bytes], url: str) -> bool:
        assert process.poll() is None, f"ended at once:\n{self.log()[-3000:]}"
        try:
            return self.http.get(url, timeout=1).status_code == 200
        except requests.RequestException:
            return False

    def open(self) -> None:
        """Sandbox, database with the demo's data, web server; no workers, no Redis."""
        self.start("sandbox", answers_at=f"{self.sandbox_url}/_sandbox/faults")
        seeding = self.command("demo-data")
        assert seeding.wait(PATIENCE) == 0, self.log()[-3000:]
        self.start_web()

    def start_web(self) -> None:
        """The real web server, as `app.py web` starts it."""
        self.start("web", answers_at=f"{self.web_url}/healthz")

    def run_all(self) -> None:
        """`app.py demo`: everything, as a newcomer starts it."""
        self.start("demo", answers_at=f"{self.web_url}/healthz")
        until(lambda: (self.folder / "demo.json").exists(), "demo.json")
        until(self._workers_are_up, "both workers")

    def _workers_are_up(self) -> bool:
        redis = Redis.from_url(Settings.read(self.environ).redis_address)
        return len(Worker.all(connection=redis)) >= 2

    def web_gone(self) -> bool:
        """Wait for the web server to die; True when it did."""
        try:
            self._running["web"].wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, name: str | None = None) -> None:
        """End one process, or all of them, with everything they started."""
        for each in [name] if name else list(self._running)[::-1]:
            process = self._running.pop(each)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def log(self) -> str:
        """What every process has written."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    @property
    def demo(self) -> dict[str, Any]:
        """demo.json."""
        content: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return content

    def staff(self, username: str) -> dict[str, Any]:
        """One of the demo's people, with token and password."""
        found: dict[str, Any] = next(one for one in self.demo["staff"]
                                     if one["username"] == username)
        return found

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None,
             key: str | None = None, timeout: float = 30) -> requests.Response:
        """One request to the REST door."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        return self.http.request(method, self.web_url + path, json=body, headers=headers,
                                 timeout=timeout)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One of the sandbox's controls."""
        answer = self.http.request(method, f"{self.sandbox_url}/_sandbox/{path}", json=body,
                                   timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def buy(self, platform: str = "meituan", **wish: Any) -> dict[str, str]:
        """One certificate, bought at the platform."""
        order = self.control("POST", "orders", {"platform": platform, "phone": "13800138000",
                                                **wish})
        bought: dict[str, str] = order["certificates"][0]
        return bought

    def ledger(self, certificate_id: str) -> dict[str, Any]:
        """What the platform says about one certificate."""
        found: dict[str, Any] = self.control(
            "GET", f"ledger?certificate_id={certificate_id}")["certificates"][0]
        return found
