"""How platform calls went: success rate and latency per endpoint (checklist S71, S72)."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence
from ctypes import Structure, c_char, c_double, c_int, c_longlong
from dataclasses import dataclass
from multiprocessing import RawArray, Value
from typing import Any

BOUNDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds of the latency buckets in seconds; a last bucket holds what took longer."""

OUTCOMES = ("ok", "refused", "misconfigured", "busy", "unknown")
ANSWERED = frozenset({"ok", "refused", "misconfigured"})
"""Outcomes in which the platform did its part; "busy" and "unknown" are its failures."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One endpoint since the server started. `buckets` has len(BOUNDS) + 1 counts."""

    platform: str
    endpoint: str
    outcomes: dict[str, int]
    buckets: tuple[int, ...]
    seconds: float

    @property
    def calls(self) -> int:
        return sum(self.outcomes.values())

    @property
    def success_rate(self) -> float:
        """Answered calls of all calls; 1.0 before the first."""
        answered = sum(self.outcomes.get(outcome, 0) for outcome in ANSWERED)
        return answered / self.calls if self.calls else 1.0


MOST_LINES = 200
"""Endpoints of all platforms together: some forty are known. What is beyond shares the last."""


class _Line(Structure):
    _fields_ = [("platform", c_char * 32), ("endpoint", c_char * 128),
                ("outcomes", c_longlong * len(OUTCOMES)),
                ("buckets", c_longlong * (len(BOUNDS) + 1)), ("seconds", c_double)]


class _Page(Structure):
    """What one process counts; the others only read it, so that none can be killed while it holds
    what another waits for."""

    _fields_ = [("used", c_int), ("lines", _Line * MOST_LINES)]


class Board:
    """Memory that the processes of one server share. Make it before they part."""

    def __init__(self, processes: int) -> None:
        self.pages: Any = RawArray(_Page, processes)
        self._taken = Value("i", 0)

    def join(self) -> Any:
        """A page for the process that calls."""
        with self._taken.get_lock():
            number = self._taken.value
            self._taken.value += 1
        return self.pages[number % len(self.pages)]


class Traffic:
    """Counts every attempt of every thread of this process, and tells what all processes of its
    `board` have counted."""

    def __init__(self, board: Board | None = None) -> None:
        self._lock = threading.Lock()
        self._own: Any = board.join() if board else _Page()
        self._pages: Sequence[Any] = board.pages if board else (self._own,)
        self._numbers: dict[tuple[str, str], int] = {}
        self._skews: dict[str, float] = {}

    def record(self, platform: str, endpoint: str, outcome: str, seconds: float) -> None:
        """`outcome`: one of OUTCOMES."""
        with self._lock:
            line = self._line(platform, endpoint)
            line.outcomes[OUTCOMES.index(outcome)] += 1
            line.buckets[bisect_left(BOUNDS, seconds)] += 1
            line.seconds += seconds

    def _line(self, platform: str, endpoint: str) -> Any:
        number = self._numbers.get((platform, endpoint))
        if number is None:
            number = min(len(self._numbers), MOST_LINES - 1)
            self._numbers[platform, endpoint] = number
            line = self._own.lines[number]
            line.platform, line.endpoint = platform.encode()[:31], endpoint.encode()[:127]
            self._own.used = number + 1  # from here on the others read it
        return self._own.lines[number]

    def note_clock(self, platform: str, seconds: float) -> None:
        """How far the platform's clock was ahead of this machine's, by its last answer."""
        with self._lock:
            self._skews[platform] = seconds

    def skews(self) -> dict[str, float]:
        """Seconds that each platform's clock is ahead, to about a second, as this process saw."""
        with self._lock:
            return dict(self._skews)

    def figures(self) -> list[Figures]:
        """Of all processes together, by platform and endpoint."""
        lines: dict[tuple[str, str], list[Any]] = {}
        for page in self._pages:
            for line in page.lines[:page.used]:
                key = line.platform.decode(errors="replace"), line.endpoint.decode(errors="replace")
                lines.setdefault(key, []).append(line)
        return [_together(*key, lines[key]) for key in sorted(lines)]


def _together(platform: str, endpoint: str, lines: Sequence[Any]) -> Figures:
    counts = (sum(line.outcomes[number] for line in lines) for number in range(len(OUTCOMES)))
    return Figures(
        platform, endpoint,
        {outcome: count for outcome, count in zip(OUTCOMES, counts, strict=True) if count},
        tuple(sum(line.buckets[number] for line in lines) for number in range(len(BOUNDS) + 1)),
        sum(line.seconds for line in lines))
