"""Making a platform misbehave on purpose (design.md section 7), and the log of what reached it.

| mode | what happens |
|---|---|
| timeout_before | nothing is done; the connection hangs `delay` seconds, then closes unanswered |
| timeout_after_commit | the effect is committed; the connection hangs, then closes unanswered |
| http_500 | nothing is done; HTTP 500 with an HTML body |
| garbage | the effect is committed; HTTP 200 with a body that is cut in the middle |
| slow | waits `delay` seconds, then works and answers (who gave up meets a late commit) |
| rate_limited, token_expired, cancel_refused | nothing is done; the platform's own refusal |

`cancel_refused` touches only the cancel endpoints, also under `*`. Faults live in memory: a
restarted sandbox behaves well again. `delay` defaults to 10 s (3 s for `slow`). Where the server
does not let a response be withheld, "closes unanswered" is an empty HTTP 504.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from dataclasses import dataclass, replace

from flask import Flask, Response, g, request

from core.sandbox.ledger import Ledger
from core.sandbox.refusals import refuse

MODES = ("timeout_before", "timeout_after_commit", "http_500", "garbage", "slow",
         "rate_limited", "token_expired", "cancel_refused")
HANGS = ("timeout_before", "timeout_after_commit")
REFUSALS = ("rate_limited", "token_expired", "cancel_refused")
CANCELS = ("/goodlife/v1/fulfilment/certificate/cancel", "/ddzh/tuangou/receipt/reverseconsume")


@dataclass(frozen=True)
class Fault:
    """One standing order to misbehave; `count` None means until it is deleted."""

    platform: str
    endpoint: str
    mode: str
    count: int | None = None
    probability: float = 1.0
    delay: float = 10.0

    def fits(self, platform: str, path: str) -> bool:
        if self.platform not in ("*", platform):
            return False
        if self.mode == "cancel_refused" and path not in CANCELS:
            return False
        return self.endpoint.rstrip("/") in ("*", path)


class Faults:
    """The standing faults; the newest fitting one is drawn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._standing.append(fault)

    def clear(self) -> int:
        with self._lock:
            count = len(self._standing)
            self._standing.clear()
            return count

    def standing(self) -> list[Fault]:
        with self._lock:
            return list(self._standing)

    def draw(self, platform: str, path: str) -> Fault | None:
        """The fault for this request, counted down; None to behave."""
        with self._lock:
            for index in range(len(self._standing) - 1, -1, -1):
                fault = self._standing[index]
                if not fault.fits(platform, path) or random.random() >= fault.probability:
                    continue
                if fault.count is not None:
                    if fault.count <= 1:
                        del self._standing[index]
                    else:
                        self._standing[index] = replace(fault, count=fault.count - 1)
                return fault
        return None


def guard(app: Flask, ledger: Ledger, faults: Faults) -> None:
    """Log every protocol request and let the faults act on it."""

    @app.before_request
    def misbehave_first() -> Response | None:
        platform = platform_of_request(app)
        if platform is None:
            return None
        g.platform = platform
        g.fault = fault = faults.draw(platform, request.path.rstrip("/"))
        if fault is None:
            return None
        if fault.mode == "timeout_before":
            return Response(status=504)
        if fault.mode == "http_500":
            return Response("<html><h1>500 Internal Server Error</h1></html>", 500)
        if fault.mode in REFUSALS:
            return refuse(platform, request.path, fault.mode)
        if fault.mode == "slow":
            time.sleep(fault.delay)
        return None

    @app.after_request
    def log_and_misbehave(response: Response) -> Response:
        platform = g.get("platform")
        if platform is None:
            return response
        fault: Fault | None = g.get("fault")
        mode = fault.mode if fault else ""
        ledger.insert("requests", at=time.time(), platform=platform, method=request.method,
                      path=request.path, status=0 if mode in HANGS else response.status_code,
                      fault=mode)
        if fault is None:
            return response
        if mode in HANGS:
            time.sleep(fault.delay)
            _hang_up()
            return Response(status=504)
        if mode == "garbage":
            whole = response.get_data()
            return Response(whole[:len(whole) // 2] or b"{", 200, content_type="application/json")
        return response


def _hang_up() -> None:
    """Close the connection without an answer, where the server shows its socket."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)


def platform_of_request(app: Flask) -> str | None:
    """Whose protocol the request speaks; None for the sandbox's own controls and pages."""
    path = request.path
    for prefix, platform in _PREFIXES:
        if path.startswith(prefix):
            return platform
    if path.startswith("/cgi-bin/"):
        resolver = app.extensions["sandbox_account_of"]
        return str(resolver())
    return None


_PREFIXES = (
    ("/goodlife/", "douyin"), ("/oauth/client_token", "douyin"),
    ("/oauth/stable_client_token", "douyin"), ("/dyshort/", "douyin"),
    ("/ddzh/", "meituan"), ("/ddzhkh/", "meituan"), ("/oauth/", "meituan"),
    ("/general/", "meituan"),
    ("/sns/", "wechat_mini"), ("/wxa/", "wechat_mini"),
    ("/cgi-bin/message/subscribe/", "wechat_mini"),
    ("/cgi-bin/message/custom/", "official"), ("/cgi-bin/message/template/", "official"),
    ("/api/", "douyin_mini"),
)
