"""Runs the system's processes as one: starts them in order, restarts what dies, stops all.

One thread, one loop. Each child is its own process group, so that Ctrl-C reaches only the
supervisor, which then stops the children in the reverse of the order they were started in.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from jobs import tether

FIRST_PAUSE = 0.5
"""Seconds before the first restart; each further one doubles it."""
LONGEST_PAUSE = 15.0
STEADY_AFTER = 10.0
"""A child that ran this long had not failed to start: its next pause is the first again."""
STOP_WITHIN = 4.0
"""Seconds a child gets to finish what it does; then it is killed, which it must bear (I10)."""
READY_WITHIN = 60.0
MOST_FAILURES = 3
"""Of a child that was never ready: then it is no accident, and the start is given up."""
_TICK = 0.05


class DidNotStart(Exception):
    """A child was not ready in time, or a step failed; the others have been stopped."""


@dataclass(frozen=True)
class Child:
    """One process to run. `ready` is asked until it is true; a `step` has to end with 0."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    step: bool = False


def answers(url: str) -> Callable[[], bool]:
    """A `ready` for a child that serves `url` with status 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask() -> bool:
        try:
            with opener.open(url, timeout=1) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False
    return ask


def wait_until(ready: Callable[[], bool]) -> None:
    """For a child that needs another one of its stage. Raises DidNotStart."""
    late_at = time.monotonic() + READY_WITHIN
    while not ready():
        if time.monotonic() > late_at:
            raise DidNotStart(f"waited {READY_WITHIN:.0f} s in vain")
        time.sleep(_TICK)


class _Running:
    """A child's present process and its history."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.failures = 0
        self.restart_at = 0.0
        self.unfinished = b""
        self.start()

    def start(self) -> None:
        environ = tether.ask_to_follow({**os.environ, "PYTHONUNBUFFERED": "1", **self.child.env})
        self.output, write = os.pipe()
        self.process = subprocess.Popen(
            self.child.argv, env=environ, stdin=subprocess.DEVNULL, stdout=write,
            stderr=subprocess.STDOUT, process_group=0)
        os.close(write)
        self.started_at = time.monotonic()
        self.restart_at = 0.0

    def pause(self) -> float:
        """Note a death; seconds until the next try."""
        if time.monotonic() - self.started_at > STEADY_AFTER:
            self.failures = 0
        seconds = min(FIRST_PAUSE * 2.0**self.failures, LONGEST_PAUSE)
        self.failures += 1
        self.restart_at = time.monotonic() + seconds
        return seconds

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether the next stage may start. Raises DidNotStart for a step that failed."""
        if self.child.step:
            if self.process.poll():
                raise DidNotStart(f"{self.child.name} failed (exit {self.process.returncode})")
            return not self.alive
        return self.alive and (self.child.ready is None or self.child.ready())

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number != signal.SIGKILL:
                self.process.send_signal(number)
            elif self.alive:
                os.killpg(self.process.pid, number)


class Supervisor:
    """Runs stages of children; a stage starts when every child of the one before is ready."""

    def __init__(self, stages: Sequence[Sequence[Child]], out: BinaryIO | None = None) -> None:
        self._stages = stages
        self._out = out or sys.stdout.buffer
        self._width = max(len(child.name) for stage in stages for child in stage)
        self._started: list[list[_Running]] = []
        self._stops = 0
        self._stopping = False

    def run(self, welcome: Callable[[], str] = lambda: "") -> None:
        """Start everything, say `welcome`, and keep it running until Ctrl-C or SIGTERM.

        Raises DidNotStart. Call it from the main thread: signals and tethers belong to that.
        """
        with selectors.DefaultSelector() as self._selector, self._wake_on_signals():
            try:
                for stage in self._stages:
                    self._start(stage)
                if not self._stops:
                    self._write(welcome().encode())
                while not self._stops:
                    self._tick()
            finally:
                self._stop()

    def _start(self, stage: Sequence[Child]) -> None:
        waiting: list[_Running] = []
        self._started.append(waiting)
        for child in stage:
            waiting.append(_Running(child))
            self._listen(waiting[-1])
        unready, late_at = list(waiting), time.monotonic() + READY_WITHIN
        while unready and not self._stops:
            self._tick()
            unready = [each for each in unready if not each.ready]
            for each in unready:
                if each.failures >= MOST_FAILURES:
                    raise DidNotStart(f"{each.child.name} keeps ending")
            if unready and time.monotonic() > late_at:
                names = ", ".join(each.child.name for each in unready)
                raise DidNotStart(f"not ready within {READY_WITHIN:.0f} s: {names}")

    def _tick(self) -> None:
        """Pass on output for a moment, then restart what died."""
        for key, _ in self._selector.select(_TICK):
            if key.data is None:
                os.read(key.fd, 4096)
            else:
                self._pass_on(key)
        for running in (each for stage in self._started for each in stage):
            if running.child.step or running.alive or self._stopping or self._stops:
                continue
            if not running.restart_at:
                code = running.process.returncode
                again = f"ended (exit {code}), starts again in {running.pause():g} s"
                self._say(running.child.name, again.encode())
            elif time.monotonic() >= running.restart_at:
                running.start()
                self._listen(running)

    def _stop(self) -> None:
        """SIGTERM, stage by stage backwards; SIGKILL for the slow, or on a second Ctrl-C."""
        self._stopping, asked = True, min(self._stops, 1)
        self._say("", b"stopping; Ctrl-C again to stop at once")
        for stage in reversed(self._started):
            for running in stage:
                running.signal(signal.SIGTERM)
            late_at = time.monotonic() + STOP_WITHIN
            while any(each.alive for each in stage):
                if time.monotonic() > late_at or self._stops > asked:
                    for running in stage:
                        running.signal(signal.SIGKILL)
                self._tick()
        self._tick()

    def _listen(self, running: _Running) -> None:
        self._selector.register(running.output, selectors.EVENT_READ, running)

    def _pass_on(self, key: selectors.SelectorKey) -> None:
        running: _Running = key.data
        chunk = os.read(key.fd, 65536)
        *lines, running.unfinished = (running.unfinished + chunk).split(b"\n")
        if not chunk:
            self._selector.unregister(key.fileobj)
            os.close(key.fd)
            if running.unfinished:
                lines.append(running.unfinished)
                running.unfinished = b""
        for line in lines:
            self._say(running.child.name, line)

    def _say(self, name: str, line: bytes) -> None:
        """A line of a child, or of our own about one or (with no name) all of them."""
        self._write(f"{name:<{self._width}} | ".encode() + line)

    def _write(self, text: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # nobody reads any more; the shop goes on
            self._out.write(text + b"\n")
            self._out.flush()

    @contextlib.contextmanager
    def _wake_on_signals(self) -> Iterator[None]:
        """Signals end the wait in `select` at once, and are counted."""
        def stop(*_: object) -> None:
            self._stops += 1

        read, write = os.pipe()
        for fd in (read, write):
            os.set_blocking(fd, False)
        self._selector.register(read, selectors.EVENT_READ, None)
        handlers = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: stop,
                    signal.SIGCHLD: lambda *_: None}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
            del handlers[signal.SIGHUP]  # started under nohup
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        wakeup = signal.set_wakeup_fd(write)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(read)
            os.close(write)
