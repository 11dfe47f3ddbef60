"""Run things at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def together(*works: Callable[[], Any]) -> list[Any]:
    """Results in order; an exception is a result."""
    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = work()
        except Exception as error:  # the test looks at it
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
