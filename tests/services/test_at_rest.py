"""A database dump tells no code, no phone and no credential (invariant I8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.platforms.douyin_token import AccessToken
from core.sandbox.world import World
from core.services.platform_tokens import DatabaseTokenStore
from tests.builders import PHONE, Chain


def dump(chain: Chain) -> str:
    """Every value of every table, as it is stored."""
    database = chain.store.database
    with chain.store.connection():
        rows: list[Any] = []
        for name in database.get_tables():
            quoted = f"`{name}`" if chain.store.engine == "mariadb" else f'"{name}"'
            rows += database.execute_sql(f"SELECT * FROM {quoted}").fetchall()
    return repr(rows)


def test_nothing_readable_is_left_of_a_whole_story(chain: Chain, world: World) -> None:
    typed, scanned = chain.buy("meituan", phone=PHONE), chain.buy("douyin", phone=PHONE)
    chain.redeem(typed)
    chain.redeem(scanned)
    done = chain.ask(chain.buy("douyin"), chain.clerk)
    chain.services.redeem.undo(done.ref, chain.clerk, "拍错了")
    DatabaseTokenStore(chain.store, chain.clock).put(
        "douyin", AccessToken("clt.secret-token", chain.clock.now()))

    text = dump(chain)
    secrets = [PHONE, typed.code, scanned.code, scanned.certificate_id, "clt.secret-token",
               world.meituan.sign_key, world.douyin.client_secret,
               *(shop.app_auth_token for shop in world.meituan.shops)]
    assert [secret for secret in secrets if secret in text] == []
    assert "8000" in text, "the tail is what lists show"


def test_views_and_their_repr_are_masked(chain: Chain) -> None:
    bought = chain.buy("douyin", phone=PHONE)
    seen = chain.services.redeem.inspect(bought.code, chain.kiosk, phone=PHONE)
    done = chain.redeem(bought)
    for shown in (repr(seen), repr(done), repr(replace(done, reason="x"))):
        assert PHONE not in shown and bought.code not in shown
