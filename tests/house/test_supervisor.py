"""One command runs the shop's processes: restarts what dies, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.processes import CHILD, FAMILY, pids, runs, start, until, write

SLEEPER = "note(name)\ntime.sleep(600)\n"
FORKING = """
note(name)
if os.fork() == 0:
    os.setpgrp()
    note("grandchild")
    if os.fork() == 0:
        note("great-grandchild")
    time.sleep(600)
time.sleep(600)
"""
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote(name)\ntime.sleep(600)\n"


class Family:
    """A supervising program in a folder, its children, and their pids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program: subprocess.Popen[str] | None = None

    def start(self, stages: str, environ: dict[str, str] | None = None, stop_within: float = 20,
              **children: str) -> subprocess.Popen[str]:
        for name, body in children.items():
            write(self.folder / f"{name}.py", CHILD, body)
        write(self.folder / "family.py", FAMILY, f"supervisor.STOP_WITHIN = {stop_within}\n"
              f"Supervisor({stages}).run(ready)\n")
        self.program = start(self.folder / "family.py", str(self.folder), **(environ or {}))
        return self.program

    def pids(self, name: str) -> list[int]:
        return pids(self.folder, name)

    def everybody(self) -> list[int]:
        return [pid for path in self.folder.glob("*.pids") for pid in self.pids(path.stem)]

    def survivors(self) -> list[int]:
        return [pid for pid in self.everybody() if runs(pid)]


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path)
    yield family
    if family.program is not None:
        family.program.kill()
        family.program.wait()
        if family.program.stdout is not None:
            family.program.stdout.close()
    for pid in family.survivors():
        os.kill(pid, signal.SIGKILL)


def test_a_child_that_dies_comes_back(family: Family) -> None:
    family.start('[[child("web")]]', web=SLEEPER)
    until(lambda: len(family.pids("web")) == 1)

    os.kill(family.pids("web")[0], signal.SIGKILL)

    until(lambda: len(family.pids("web")) == 2)
    assert runs(family.pids("web")[1])


def test_a_child_that_keeps_dying_is_tried_ever_less_often(family: Family) -> None:
    program = family.start('[[child("web")]]', web="note(name)\nprint('broken', end='')\n")
    until(lambda: len(family.pids("web")) == 3)
    program.send_signal(signal.SIGINT)

    said = program.communicate(timeout=20)[0]
    assert "web | broken\n" in said
    assert said.index("again in 0.5 s") < said.index("again in 1 s")


def test_a_child_that_never_gets_ready_and_keeps_dying_ends_the_start(family: Family) -> None:
    program = family.start('[[child("redis")], [child("web", ready=exists("never"))]]',
                           redis=SLEEPER, web="note(name)\n")

    said = program.communicate(timeout=60)[0]
    assert program.returncode != 0 and "web keeps ending" in said
    assert len(family.pids("web")) == 3 and not family.survivors()


def test_a_stage_starts_when_the_one_before_is_ready(family: Family) -> None:
    program = family.start(
        '[[child("store", ready=exists("opened"))], [child("stock", step=True)], [child("web")]]',
        store="note(name)\ntime.sleep(.3)\n(folder / 'opened').touch()\ntime.sleep(600)\n",
        stock="note(name)\n(folder / 'stocked').write_text(str((folder / 'opened').exists()))\n",
        web="note(name)\n(folder / 'saw').write_text((folder / 'stocked').read_text())\n"
            "time.sleep(600)\n")

    until(lambda: (family.folder / "saw").exists())
    assert program.stdout is not None and program.stdout.readline() == "all ready\n"
    assert (family.folder / "saw").read_text() == "True"
    assert len(family.pids("stock")) == 1, "a step runs once"


def test_a_failed_step_stops_everything_and_says_so(family: Family) -> None:
    program = family.start('[[child("store")], [child("stock", step=True)], [child("web")]]',
                           store=SLEEPER, stock="note(name)\nsys.exit('no paper')\n", web=SLEEPER)

    said = program.communicate(timeout=20)[0]
    assert program.returncode != 0
    assert "stock | no paper" in said and "stock failed (exit 1)" in said
    assert not family.pids("web") and not family.survivors()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_ends_everybody_the_last_stage_first(
        family: Family, number: signal.Signals) -> None:
    farewell = ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(name, 'closed')))\n"
                + SLEEPER)
    program = family.start('[[child("redis")], [child("web")]]', redis=farewell, web=farewell)
    until(lambda: family.pids("redis") and family.pids("web"))

    program.send_signal(number)

    said = program.communicate(timeout=20)[0]
    assert program.returncode == 0
    assert said.index("web closed") < said.index("redis closed")
    assert not family.survivors()


def test_ctrl_c_in_a_terminal_reaches_the_children_only_through_the_supervisor(
        family: Family) -> None:
    family.start('[[child("web")]]', web="(folder / 'group').write_text(str(os.getpgrp()))\n"
                 + SLEEPER)
    until(lambda: family.pids("web"))

    assert family.program is not None
    assert int((family.folder / "group").read_text()) != os.getpgid(family.program.pid)


def test_the_stubborn_are_killed_when_their_time_is_up(family: Family) -> None:
    program = family.start('[[child("web")]]', stop_within=0.2, web=STUBBORN)
    until(lambda: family.pids("web"))

    program.send_signal(signal.SIGINT)

    program.communicate(timeout=20)
    assert program.returncode == 0 and not family.survivors()


def test_a_second_ctrl_c_does_not_wait_for_the_stubborn(family: Family) -> None:
    program = family.start('[[child("web")]]', stop_within=3600, web=STUBBORN)
    until(lambda: family.pids("web"))

    program.send_signal(signal.SIGINT)
    assert program.stdout is not None
    until(lambda: "again" in program.stdout.readline())
    program.send_signal(signal.SIGINT)

    program.communicate(timeout=20)
    assert program.returncode == 0 and not family.survivors()


@pytest.mark.parametrize("environ", [
    pytest.param({}, id="by the kernel"),
    pytest.param({"HX_NO_PDEATHSIG": "1"}, id="by a watching thread"),
])
def test_killing_the_supervisor_leaves_no_orphan_not_even_forked_grandchildren(
        family: Family, environ: dict[str, str]) -> None:
    program = family.start('[[child("web"), child("worker")]]', environ, web=FORKING,
                           worker=STUBBORN)
    until(lambda: family.pids("worker") and family.pids("great-grandchild"))
    assert len(family.survivors()) == 4

    program.kill()

    until(lambda: not family.survivors())


def test_killing_a_child_takes_its_forked_children_along(family: Family) -> None:
    family.start('[[child("worker")]]', worker=FORKING)
    until(lambda: family.pids("great-grandchild"))
    first = family.everybody()

    os.kill(family.pids("worker")[0], signal.SIGKILL)

    until(lambda: not any(runs(pid) for pid in first))
    until(lambda: len(family.pids("great-grandchild")) == 2)


def test_the_shop_goes_on_when_nobody_reads_the_output(family: Family) -> None:
    program = family.start('[[child("web")]]', web="note(name)\nwhile True:\n"
                           "    print('x' * 1000)\n    time.sleep(.01)\n")
    until(lambda: family.pids("web"))
    assert program.stdout is not None
    program.stdout.close()
    os.kill(family.pids("web")[0], signal.SIGKILL)

    until(lambda: len(family.pids("web")) == 2)
    program.send_signal(signal.SIGTERM)
    assert program.wait(20) == 0
