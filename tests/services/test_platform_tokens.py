"""One token for all processes, fetched by one of them at a time; settings that count at once."""

from __future__ import annotations

from datetime import timedelta

from core.platforms.base import CertificatePlatform
from core.platforms.douyin_token import AccessToken, ClientToken
from core.services.connections import LOOK_AGAIN, Connections
from core.services.platform_tokens import DatabaseTokenStore
from core.store.tables import Platform
from tests.builders import Chain
from tests.fakes.platform import ScriptedPlatform
from tests.services.racing import together

NAME = "douyin.client_token.aw1"


def test_a_token_is_kept_shared_and_dropped(chain: Chain) -> None:
    one, two = (DatabaseTokenStore(chain.store, chain.clock) for _ in range(2))
    assert two.get(NAME) is None
    until = chain.clock.now() + timedelta(hours=2)
    one.put(NAME, AccessToken("clt.1", until))
    assert two.get(NAME) == AccessToken("clt.1", until)
    two.drop(NAME, "clt.0")
    assert two.get(NAME) is not None
    two.drop(NAME, "clt.1")
    assert one.get(NAME) is None


def test_one_process_claims_at_a_time_and_a_dead_one_blocks_nobody_for_long(chain: Chain) -> None:
    one, two = (DatabaseTokenStore(chain.store, chain.clock) for _ in range(2))
    assert one.claim(NAME, 15)
    assert not two.claim(NAME, 15)
    two.release(NAME)
    assert not two.claim(NAME, 15)
    one.release(NAME)
    assert two.claim(NAME, 15)
    chain.clock.shift += timedelta(seconds=15)
    assert one.claim(NAME, 15)


def test_eight_workers_fetch_one_token(chain: Chain) -> None:
    fetched: list[int] = []

    def fetch() -> AccessToken:
        fetched.append(1)
        return AccessToken(f"clt.{len(fetched)}", chain.clock.now() + timedelta(hours=2))

    workers = [ClientToken(NAME, DatabaseTokenStore(chain.store, chain.clock), fetch, chain.clock)
               for _ in range(8)]
    assert set(together(*[worker.value for worker in workers])) == {"clt.1"}


def test_a_changed_secret_counts_within_seconds(chain: Chain) -> None:
    made: list[str] = []
    seconds = [0.0]

    def make(row: Platform) -> CertificatePlatform:
        made.append(row.app_secret or "")
        return ScriptedPlatform(chain.clock)

    connections = Connections(chain.store, {"douyin": make}, lambda: seconds[0])
    first = connections("douyin")
    assert connections("douyin") is first and len(made) == 1
    seconds[0] += LOOK_AGAIN
    assert connections("douyin") is first and len(made) == 1
    with chain.store.connection():
        Platform.update(app_secret="another").where(Platform.platform_code == "douyin").execute()
    assert connections("douyin") is first
    seconds[0] += LOOK_AGAIN
    assert connections("douyin") is not first
    assert made[1:] == ["another"]


def test_what_is_not_set_up_is_not_connected(chain: Chain) -> None:
    connections = Connections(chain.store, {})
    assert connections("meituan") is None and connections("nobody") is None
    with chain.store.connection():
        Platform.update(app_secret=None).execute()
    assert Connections(chain.store, {"douyin": lambda row: ScriptedPlatform(chain.clock)})(
        "douyin") is None
