"""How platform calls went: success rate and latency per endpoint (checklist S71, S72)."""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass

BOUNDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds of the latency buckets in seconds; a last bucket holds what took longer."""

ANSWERED = frozenset({"ok", "refused", "misconfigured"})
"""Outcomes in which the platform did its part; "busy" and "unknown" are its failures."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One endpoint since the process started. `buckets` has len(BOUNDS) + 1 counts."""

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


class Traffic:
    """Counts every attempt of every thread of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes: dict[tuple[str, str], dict[str, int]] = {}
        self._buckets: dict[tuple[str, str], list[int]] = {}
        self._seconds: dict[tuple[str, str], float] = {}
        self._skews: dict[str, float] = {}

    def record(self, platform: str, endpoint: str, outcome: str, seconds: float) -> None:
        """`outcome`: ok, refused, misconfigured, busy or unknown."""
        key = (platform, endpoint)
        with self._lock:
            outcomes = self._outcomes.setdefault(key, {})
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            buckets = self._buckets.setdefault(key, [0] * (len(BOUNDS) + 1))
            buckets[bisect_left(BOUNDS, seconds)] += 1
            self._seconds[key] = self._seconds.get(key, 0.0) + seconds

    def note_clock(self, platform: str, seconds: float) -> None:
        """How far the platform's clock was ahead of this machine's, by its last answer."""
        with self._lock:
            self._skews[platform] = seconds

    def skews(self) -> dict[str, float]:
        """Seconds that each platform's clock is ahead, to about a second."""
        with self._lock:
            return dict(self._skews)

    def figures(self) -> list[Figures]:
        """A consistent copy, by platform and endpoint."""
        with self._lock:
            return [Figures(*key, dict(self._outcomes[key]), tuple(self._buckets[key]),
                            self._seconds[key]) for key in sorted(self._outcomes)]
