"""The embedded Redis keeps what it was told, and there is one server per folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.config import Settings
from jobs.redis_server import answers_ping
from tests.house.processes import ROOT, runs, start, until, write

Servers = list[subprocess.Popen[bytes]]


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.read(environment)


@pytest.fixture
def servers() -> Iterator[Servers]:
    started: Servers = []
    yield started
    for server in started:
        server.kill()
        server.wait()


def start_server(settings: Settings, servers: Servers) -> subprocess.Popen[bytes]:
    server = subprocess.Popen([sys.executable, "-m", "jobs.redis_server", str(settings.data_dir),
                               str(settings.redis_socket)], cwd=ROOT, stdout=subprocess.DEVNULL)
    servers.append(server)
    return server


def test_what_was_acknowledged_survives_a_killed_server(
        settings: Settings, servers: Servers) -> None:
    server = start_server(settings, servers)
    until(lambda: answers_ping(settings.redis_socket))
    with Redis.from_url(settings.redis_address) as redis:
        redis.set("queued", "settle 7")
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert not answers_ping(settings.redis_socket)

    start_server(settings, servers)
    until(lambda: answers_ping(settings.redis_socket))

    with Redis.from_url(settings.redis_address) as redis:
        assert redis.get("queued") == b"settle 7"


def test_a_second_start_stands_by_and_takes_over(settings: Settings, servers: Servers) -> None:
    first = start_server(settings, servers)
    until(lambda: answers_ping(settings.redis_socket))
    second = start_server(settings, servers)
    with Redis.from_url(settings.redis_address) as redis:
        redis.set("kept", "1")
        assert redis.info("server")["process_id"] == first.pid

        first.send_signal(signal.SIGKILL)
        first.wait()
        until(lambda: answers_ping(settings.redis_socket))

        assert redis.info("server")["process_id"] == second.pid
        assert redis.get("kept") == b"1"


@pytest.mark.parametrize("environ", [
    pytest.param({}, id="by the kernel"),
    pytest.param({"HX_NO_PDEATHSIG": "1"}, id="by a watching thread"),
])
def test_the_server_ends_with_the_shop_that_started_it(
        tmp_path: Path, settings: Settings, environ: dict[str, str]) -> None:
    write(tmp_path / "shop.py", f"""
        import sys
        from pathlib import Path
        from jobs.redis_server import answers_ping
        from jobs.supervisor import Child, Supervisor
        path = {str(settings.redis_socket)!r}
        argv = [sys.executable, "-m", "jobs.redis_server", {str(tmp_path)!r}, path]
        Supervisor([[Child("redis", argv, ready=lambda: answers_ping(Path(path)))]]).run()
    """)
    shop = start(tmp_path / "shop.py", **environ)
    until(lambda: answers_ping(settings.redis_socket))
    with Redis.from_url(settings.redis_address) as redis:
        server = redis.info("server")["process_id"]
    assert runs(server)

    shop.kill()
    shop.communicate()

    until(lambda: not runs(server))


def test_only_the_owner_reaches_the_server(settings: Settings, servers: Servers) -> None:
    start_server(settings, servers)
    until(lambda: answers_ping(settings.redis_socket))

    with Redis.from_url(settings.redis_address) as redis:
        assert redis.config_get("port") == {"port": "0"}
    assert os.stat(settings.redis_socket).st_mode & 0o077 == 0


def test_a_deep_folder_still_gets_a_working_socket(
        tmp_path: Path, environment: dict[str, str], servers: Servers) -> None:
    deep = tmp_path / ("shop-" * 20) / "with space"
    settings = Settings.read(environment | {"DATA_DIR": str(deep)})
    start_server(settings, servers)

    until(lambda: answers_ping(settings.redis_socket))
    with Redis.from_url(settings.redis_address) as redis:
        assert redis.ping()
        assert redis.config_get("dir") == {"dir": str(deep / "redis")}
    settings.redis_socket.unlink()
    settings.redis_socket.parent.rmdir()
