"""The sandbox's memory outlives its process, and its world fits in a private file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import World
from tests.sandbox.buyers import Buyer, MeituanClient

KILLED = """
import os, sys
from pathlib import Path
from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from tests.sandbox.buyers import Buyer, MeituanClient
app = create_sandbox(World.load(Path(sys.argv[1])), sys.argv[2])
http = app.test_client()
code = Buyer(http).order("meituan")[0]["code"]
print(code, MeituanClient(http, app).consume(code, "r1")["code"], flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_killed_sandbox_remembers_what_it_answered(tmp_path: Path, world: World) -> None:
    world.save(tmp_path / "world.json")
    ledger = str(tmp_path / "sandbox.db")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "world.json"), ledger],
                            capture_output=True, text=True, check=False,
                            env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert killed.returncode == -9
    code, answer = killed.stdout.split()
    assert answer == "OP_SUCCESS"
    app = create_sandbox(World.load(tmp_path / "world.json"), ledger)
    meituan = MeituanClient(app.test_client(), app)
    assert meituan.prepare(code)["code"] == "1008"
    assert meituan.consume(code, "r1")["code"] == "OP_SUCCESS", "the replay survives too"


def test_a_world_survives_its_file_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    path.write_text("{}")
    world = demo_world()
    world.save(path)
    assert World.load(path) == world
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert demo_world().meituan.sign_key != world.meituan.sign_key


def test_the_whole_ledger_lists_every_certificate(http: FlaskClient, buyer: Buyer) -> None:
    made = [*buyer.order("meituan", quantity=2), *buyer.order("douyin", venues=[2])]
    entries = http.get("/_sandbox/ledger").get_json()["certificates"]
    assert [entry["certificate_id"] for entry in entries] == [
        one["certificate_id"] for one in made]
    assert entries[-1]["venues"] == [2] and entries[0]["venues"] == [1, 2]


def test_a_shifted_clock_survives_a_restart(tmp_path: Path, world: World) -> None:
    ledger = str(tmp_path / "sandbox.db")
    Buyer(create_sandbox(world, ledger).test_client()).clock(86400)
    again = create_sandbox(replace(world), ledger).extensions["sandbox"].ledger
    assert again.now() > create_sandbox(world).extensions["sandbox"].ledger.now() + 86000
