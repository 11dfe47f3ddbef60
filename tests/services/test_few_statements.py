"""A redemption is three commits and few statements: they decide the rate (baselines.md B)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from core.services.redeem import RedeemRequest
from core.store.db import SQLITE
from core.vouchers.redemption import State
from tests.builders import PHONE, Chain


@dataclass
class Counted:
    commits: int = 0
    statements: list[str] = field(default_factory=list)


@contextmanager
def counting(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    database, counted = chain.store.database, Counted()
    commit = database.commit

    def count() -> None:
        counted.commits += 1
        commit()

    database.query_hooks.append(lambda event: counted.statements.append(event.sql))
    with monkeypatch.context() as patched:
        patched.setattr(database, "commit", count)
        yield counted
    database.query_hooks.clear()


def test_three_commits_from_scan_to_card(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    redeem = chain.services.redeem
    chain.redeem(chain.buy("meituan"))
    bought = chain.buy("meituan")
    with counting(chain, monkeypatch) as counted:
        seen = redeem.inspect(bought.code, chain.kiosk, phone=PHONE)
        assert counted.commits == 0
        asked = redeem.request(RedeemRequest(inspection=seen.token, phone=PHONE), chain.kiosk)
        assert counted.commits == 1
        done = redeem.confirm(asked.ref, chain.clerk)
    assert done.state is State.COMPLETED
    assert counted.commits == 3
    # Of the configuration servers are asked anew each time, SQLite once.
    assert len(counted.statements) <= (27 if chain.store.engine == SQLITE else 38)


def test_two_commits_at_the_desk(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    chain.redeem(chain.buy("meituan"))
    bought = chain.buy("meituan")
    with counting(chain, monkeypatch) as counted:
        done = chain.services.redeem.at_once(RedeemRequest(code=bought.code, phone=PHONE),
                                             chain.clerk)
    assert done.state is State.COMPLETED
    assert counted.commits == 2


def test_polling_is_one_read(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = chain.ask(chain.buy("meituan"))
    with counting(chain, monkeypatch) as counted:
        chain.services.redeem.version(asked.ref, chain.kiosk)
    assert (counted.commits, len(counted.statements)) == (0, 1)
