"""Writers queue in the order they came."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.store import turns
from core.store.turns import FileTurns, Turns


def waiting(queue: Turns, count: int) -> None:
    while len(queue._waiting) < count:
        threading.Event().wait(0.001)


def test_first_come_first_served() -> None:
    queue = Turns()
    served: list[int] = []

    def take(number: int) -> None:
        with queue:
            served.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    with queue:
        for index, thread in enumerate(threads):
            thread.start()
            waiting(queue, index + 1)
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_one_at_a_time() -> None:
    queue = Turns()
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(200):
            with queue:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1 and len(most) == 1600


class TimeIsUp(BaseException):
    """What a job's time-out raises."""


class Impatient:
    """A lock that its waiter does not wait for."""

    def __init__(self) -> None:
        self._taken = False

    def acquire(self) -> bool:
        if self._taken:
            raise TimeIsUp
        self._taken = True
        return True


def test_who_gives_up_waiting_does_not_stop_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Turns()
    with queue:
        monkeypatch.setattr(turns, "threading", SimpleNamespace(Lock=Impatient))
        with pytest.raises(TimeIsUp), queue:
            raise AssertionError("it is not our turn")
        monkeypatch.undo()
        assert not queue._waiting
    with queue:
        pass


def test_processes_queue_at_the_lock_file(tmp_path: Path) -> None:
    """A writer of another process waits for ours, and goes on when ours dies."""
    path = str(tmp_path / "turn")
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, time\n"
         "from core.store.turns import FileTurns\n"
         "with FileTurns(sys.argv[1]):\n    print('mine', flush=True)\n    time.sleep(60)", path],
        stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "mine\n"
    taken = threading.Event()

    def take() -> None:
        with FileTurns(path):
            taken.set()

    waiter = threading.Thread(target=take)
    waiter.start()
    assert not taken.wait(0.2)
    holder.kill()
    holder.communicate()
    assert taken.wait(10)
    waiter.join()
