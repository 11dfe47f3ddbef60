"""What every room's tests share: settings of a throw-away shop, and no silent skips in CI."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from core.config import Settings
from core.demo_keys import new_keys
from jobs.redis_server import answers_ping
from tests.servers import own_database


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The database under test: SQLite in a new folder, or the server in TEST_DATABASE_URL.

    Tests that use it (through any fixture) carry the mark `database`; CI runs those once more on
    MariaDB and on PostgreSQL. Each worker of `pytest -n` has a database of its own there.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    return own_database(given) if given else f"sqlite:///{tmp_path}/hexiaotai.db"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables of a whole, freshly keyed installation in test mode; change them as needed.

    Nothing in it points outside: the platforms are the (not started) sandbox.
    """
    return {"HX_MODE": "test", "DATA_DIR": str(tmp_path), **new_keys()}


@pytest.fixture
def settings(environment: dict[str, str], database_url: str) -> Settings:
    """Settings of that installation on the database under test."""
    return Settings.read(environment | {"DATABASE_URL": database_url})


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the Redis under test: an embedded one, or the server in TEST_REDIS_URL."""
    if given := os.environ.get("TEST_REDIS_URL"):
        number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
        yield urlsplit(given)._replace(path=f"/{number}").geturl() if number else given
        return
    folder = tmp_path_factory.mktemp("redis")
    path = folder / "redis.sock"
    server = subprocess.Popen([sys.executable, "-m", "jobs.redis_server", str(folder), str(path)],
                              cwd=Path(__file__).parents[1])
    while not answers_ping(path):
        assert server.poll() is None, "the embedded Redis did not start"
        time.sleep(0.02)
    yield f"unix://{path}?db=0"
    server.kill()
    server.wait()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis. Tests that use it carry the mark `redis`."""
    with Redis.from_url(redis_server) as redis:
        redis.flushdb()
    return redis_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        for fixture, mark in (("database_url", "database"), ("redis_url", "redis")):
            if fixture in fixtures:
                item.add_marker(mark)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int):  # type: ignore[no-untyped-def]  # a generator hook
    """In CI a skipped check is a failed one: nobody reads the list of skips there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") == "true" and skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("")
        for report in skipped:
            reporter.write_line(f"SKIPPED, which CI counts as failed: {report.nodeid}", red=True)
    return (yield)
