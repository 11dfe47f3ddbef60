"""Serves the web application with granian: processes with blocking threads."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from core.config import Settings
from core.services.metrics import Board

KILL_AFTER = 3
"""Seconds for requests under way when told to stop; what they left open settles by itself."""

COLLECT_AFTER = 50_000
"""New objects before the garbage collector looks for cycles among them: a few dozen requests'."""

_TO_OUR_LOG: dict[str, Any] = {"handlers": {}, "loggers": {
    "_granian": {"handlers": [], "propagate": True},
    "granian.access": {"handlers": [], "propagate": True}}}


def serve(settings: Settings, load: Callable[[Board], Any]) -> None:
    """Serve until told to stop. `load` makes the WSGI application, in each serving process; they
    count together on the board that it is given."""
    Server("app:served", settings.host, settings.port, interface=Interfaces.WSGI,
           http=HTTPModes.http1, websockets=False, workers=settings.web_processes,
           blocking_threads=settings.web_threads, workers_kill_timeout=KILL_AFTER,
           log_level=LogLevels.error, log_dictconfig=_TO_OUR_LOG,
           ).serve(target_loader=partial(_settled, load, Board(settings.web_processes)),
                   wrap_loader=False)


def _settled(load: Callable[[Board], Any], board: Board) -> Any:
    """The loaded application, left alone by the garbage collector: its hundreds of thousands of
    objects stay anyway, and each look at all of them is a pause that somebody waits through."""
    application = load(board)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    atexit.register(gc.unfreeze)  # or C extensions report what they still hold as leaks
    return application
