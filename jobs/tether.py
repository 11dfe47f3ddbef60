"""No process outlives the one that started it, even when that one is killed with SIGKILL.

On Linux the kernel does it (PR_SET_PDEATHSIG). The kernel forgets the wish at every fork and
counts the thread that forked as the parent, so it is made anew in each forked child, and children
are started from main threads. Elsewhere a thread looks twice a second who the parent is.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping

PARENT = "HX_PARENT_PID"
_PR_SET_PDEATHSIG = 1
_SECONDS_BETWEEN_LOOKS = 0.5
BY_KERNEL = sys.platform == "linux" and "HX_NO_PDEATHSIG" not in os.environ
"""Elsewhere (and for the test of that) a thread watches."""
_libc = ctypes.CDLL(None) if BY_KERNEL else None


def ask_to_follow(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with which a child that calls `follow_parent` follows this process."""
    return {**environ, PARENT: str(os.getpid())}


def follow_parent() -> None:
    """End this process with the parent that asked for it, and every forked child with this one.

    Call once, first thing in a program, from its main thread.
    """
    expected = os.environ.pop(PARENT, "")
    if expected.isdigit():
        _end_with(int(expected))
    os.register_at_fork(before=_remember, after_in_child=_follow_forker)


def before_end(action: Callable[[], object]) -> None:
    """Do this too when a watching thread ends the process; the kernel does not ask."""
    _last_actions.append(action)


_last_actions: list[Callable[[], object]] = []
_forker = 0


def _remember() -> None:
    global _forker
    _forker = os.getpid()


def _follow_forker() -> None:
    _last_actions.clear()
    _end_with(_forker)


def _end_with(parent: int) -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _end_unless_child_of(parent)  # it may have died before the kernel knew our wish
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while True:
        _end_unless_child_of(parent)
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _end_unless_child_of(parent: int) -> None:
    if os.getppid() != parent:
        for action in _last_actions:
            action()
        os.kill(os.getpid(), signal.SIGKILL)
