"""The one way out to a platform: bounded time and size, safe repetition, breaker, masked log.

Bodies, query strings and requests' own exception texts (which quote addresses) hold codes and
tokens, so none of them is logged or chained; a log line names endpoint, outcome and the
platform's log id.
"""

from __future__ import annotations

import json
import logging
import math
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from core.baton import BATON
from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformError,
    PlatformMisconfigured,
    PlatformUnknown,
)
from core.platforms.answer import Malformed
from core.platforms.breaker import Breaker, BreakerOpen
from core.platforms.deadline import BoundedAdapter, budget, left
from core.platforms.traffic import Traffic

log = logging.getLogger(__name__)
# urllib3's debug records show whole addresses, and Douyin's prepare has the code in its query.
logging.getLogger("urllib3").setLevel(logging.INFO)

T = TypeVar("T")
MAX_BODY = 4 * 1024 * 1024
"""Bytes, decompressed. A full page of orders is below one megabyte."""
ATTEMPTS = 3
SHORTEST_ATTEMPT = 0.25
"""Seconds; with less left another attempt would only add load."""


class Effect(Enum):
    """What repeating a call would do."""

    READ = "read"
    KEYED = "keyed"
    """Changes something, once per idempotency key: an identical repetition is safe."""
    ONCE = "once"
    """Changes something each time."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `subject` is masked and may be logged; `endpoint` names it in the figures."""

    method: Literal["GET", "POST"]
    path: str
    effect: Effect
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: object = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    subject: str = ""
    image: bool = False
    """Success is a picture; a refusal is JSON as ever."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object answered with HTTP 200; numbers with a point are Decimal. `image` holds the
    picture, with an empty body, where one was asked for and came.

    `attempt` counts from 1: from 2 on, an earlier identical request may have had its effect.
    """

    body: dict[str, Any] = field(repr=False)
    attempt: int
    image: bytes = field(default=b"", repr=False)


class Caller:
    """Speaks HTTP with one platform; shared by all threads of a process.

    `read_timeout` holds per attempt; outside of a `budget` a call with all its repetitions takes
    at most twice that.
    """

    def __init__(self, platform: str, base_url: str, *, traffic: Traffic | None = None,
                 breaker: Breaker | None = None, connect_timeout: float = 1.0,
                 read_timeout: float = 5.0, pool: int = 32,
                 log_id: Callable[[dict[str, Any]], str] = lambda body: "") -> None:
        self.platform = platform
        self.traffic = traffic or Traffic()
        self.breaker = breaker or Breaker()
        self._base_url = base_url.rstrip("/")
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._pool = pool
        self._log_id = log_id
        self._session = self._new_session()
        self._session_of = os.getpid()

    def call(self, request: Request, read: Callable[[Answer], T]) -> T:
        """Send, and let `read` turn the answer into a result or raise.

        Reads and keyed writes are repeated on PlatformUnknown, within the budget. Once an attempt
        of a write may have had its effect, a later "no" is not believed: PlatformUnknown stays.
        Raises what `read` raises, PlatformUnknown, PlatformBusy or PlatformMisconfigured.
        """
        lost: PlatformUnknown | None = None
        with BATON.laid_down(), budget(
                2 * self._read_timeout if left() is None else left() or 0.0):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return self._attempt(request, read, attempt)
                except PlatformUnknown as unknown:
                    lost = unknown
                    if not self._may_repeat(request, attempt):
                        raise
                except PlatformError:
                    if lost is None or request.effect is Effect.READ:
                        raise
                    raise lost from None
                time.sleep(random.uniform(0.5, 1.0) * 0.05 * attempt)
        raise AssertionError("the last attempt returns or raises")

    def _may_repeat(self, request: Request, attempt: int) -> bool:
        return (request.effect is not Effect.ONCE and attempt < ATTEMPTS
                and (left() or 0.0) >= SHORTEST_ATTEMPT + 0.1)

    def _attempt(self, request: Request, read: Callable[[Answer], T], attempt: int) -> T:
        """One attempt: guarded, measured and logged."""
        began = time.monotonic()
        body: dict[str, Any] = {}
        error: HexiaotaiError | None = None
        try:
            with self.breaker.guard(_counts), budget(self._seconds_for(request, attempt)):
                body, image = self._exchange(request)
                try:
                    return read(Answer(body, attempt, image))
                except Malformed as odd:
                    raise PlatformUnknown(self.platform, log_id=self._log_id(body),
                                          reason="malformed_answer", field=str(odd)) from None
        except BreakerOpen as rest:
            error = PlatformBusy(self.platform, reason="breaker_open",
                                 retry_after=math.ceil(rest.retry_after))
            raise error from None
        except HexiaotaiError as raised:
            error = raised
            raise
        finally:
            self._report(request, attempt, error, time.monotonic() - began, body)

    def _seconds_for(self, request: Request, attempt: int) -> float:
        """What is left, but while another attempt may follow, only so much that it can."""
        whole = left() or 0.0
        if request.effect is Effect.ONCE or attempt == ATTEMPTS:
            return min(whole, self._read_timeout)
        return min(max(0.6 * whole, SHORTEST_ATTEMPT), self._read_timeout)

    def _exchange(self, request: Request) -> tuple[dict[str, Any], bytes]:
        seconds = left() or 0.0
        if seconds <= 0.01:
            raise PlatformBusy(self.platform, reason="no_time_left")
        data = (json.dumps(request.json, ensure_ascii=False).encode()
                if request.json is not None else request.form)
        try:
            with self._sessions().request(
                    request.method, self._base_url + request.path, params=request.query,
                    data=data, headers=request.headers, stream=True, allow_redirects=False,
                    timeout=(min(self._connect_timeout, seconds), seconds)) as response:
                self._note_clock(response)
                self._check_status(response)
                raw = _body(response)
                if request.image and raw and _is_image(response):
                    return {}, raw
                return self._decoded(raw), b""
        except (requests.RequestException, HTTPError, OSError) as error:
            if _never_sent(error):
                raise PlatformBusy(self.platform, reason="unreachable") from None
            raise PlatformUnknown(self.platform, reason="no_answer",
                                  cause=type(error).__name__) from None

    def _note_clock(self, response: requests.Response) -> None:
        """Every answer tells the platform's time; ours must not drift from it."""
        try:
            theirs = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.traffic.note_clock(self.platform, theirs.timestamp() - time.time())

    def _check_status(self, response: requests.Response) -> None:
        """The platforms answer 200 also for refusals; anything else is not their voice."""
        status = response.status_code
        if status == 200:
            return
        if status == 429:
            raise PlatformBusy(self.platform, reason="rate_limited", http=status)
        if 300 <= status < 500 and status != 408:
            raise PlatformMisconfigured(self.platform, reason="http_refused", http=status)
        raise PlatformUnknown(self.platform, reason="http_failed", http=status)

    def _decoded(self, raw: bytes | None) -> dict[str, Any]:
        if raw is None:
            raise PlatformUnknown(self.platform, reason="answer_too_long")
        try:
            body = json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise PlatformUnknown(self.platform, reason="unreadable_answer") from None
        if not isinstance(body, dict):
            raise PlatformUnknown(self.platform, reason="unreadable_answer")
        return body

    def _report(self, request: Request, attempt: int, error: HexiaotaiError | None,
                seconds: float, body: dict[str, Any]) -> None:
        outcome = _outcome(error)
        facts = error.facts if error else {}
        if facts.get("reason") != "breaker_open":
            self.traffic.record(self.platform, request.path, outcome, seconds)
        log.log(logging.INFO if outcome in ("ok", "refused") else logging.WARNING,
                "%s %s: %s", self.platform, request.path, error.word if error else "ok",
                extra={"outcome": outcome, "answer": str(facts.get("code", "")),
                       "reason": str(facts.get("reason", "")), "attempt": attempt,
                       "ms": round(seconds * 1000), "subject": request.subject,
                       "platform_log_id": self._log_id(body)})

    def _sessions(self) -> requests.Session:
        """The session of this process: a forked job must not share its parent's sockets."""
        if self._session_of != os.getpid():
            self._session, self._session_of = self._new_session(), os.getpid()
        return self._session

    def _new_session(self) -> requests.Session:
        session = _Session()
        session.trust_env = False  # no proxy or .netrc of whoever started the process
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = BoundedAdapter(pool_connections=4, pool_maxsize=self._pool)
        session.mount(f"{urlsplit(self._base_url).scheme}://", adapter)
        return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: Any) -> None:
        """Nowhere: even unfollowed, requests would read a redirect's whole body."""


def _is_image(response: requests.Response) -> bool:
    return response.headers.get("Content-Type", "").startswith("image/")


def _body(response: requests.Response) -> bytes | None:
    """The whole body, or None when it exceeds MAX_BODY."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(65536):
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _never_sent(error: BaseException) -> bool:
    """Whether the request certainly did not reach the platform."""
    reason = error.args[0] if error.args else None
    cause = getattr(reason, "reason", reason)
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        cause, NewConnectionError | ConnectTimeoutError)


def _counts(error: BaseException) -> bool:
    """Failures the breaker counts: no readable answer, or nobody there.

    One odd field counts not: a single certificate must not close the door for all.
    """
    if isinstance(error, PlatformUnknown):
        return error.facts.get("reason") != "malformed_answer"
    return isinstance(error, PlatformBusy) and error.facts.get("reason") == "unreachable"


def _outcome(error: HexiaotaiError | None) -> str:
    """The word of `core.platforms.traffic` for how an attempt ended."""
    if error is None:
        return "ok"
    if isinstance(error, PlatformUnknown):
        return "unknown"
    if isinstance(error, PlatformBusy):
        return "busy"
    return "misconfigured" if isinstance(error, PlatformMisconfigured) else "refused"


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")
