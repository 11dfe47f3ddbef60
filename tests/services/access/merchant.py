"""What the merchant does at Meituan's pages, and what his authorisation is like here."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import requests

from core.sandbox.world import World
from core.store.tables import PlatformShop
from tests.builders import Chain


def agrees(url: str, op_biz_code: str) -> dict[str, str]:
    """The merchant opens the link and picks one shop; what he brings back to us."""
    answer = requests.get(f"{url}&choose={op_biz_code}", timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in back.items()}


def takes_back(chain: Chain, unbind_page: str, op_biz_code: str) -> bytes:
    """The merchant unbinds us; the push that says so."""
    answer = requests.get(f"{unbind_page}&choose={op_biz_code}", timeout=10)
    assert answer.status_code == 200
    sent = requests.get(f"{chain.sandbox_url}/_sandbox/webhooks", timeout=10).json()["last"]
    body: str = sent[0]["body"]
    assert "510001" in body
    return body.encode()


def tokens_end(chain: Chain, world: World, after: timedelta) -> None:
    """Every token of Meituan ends then; shops and customer hold their refresh tokens."""
    ends = chain.clock.now() + after
    with chain.store.connection():
        for one in (*world.meituan.shops, world.meituan.customer):
            PlatformShop.update(refresh_token=one.refresh_token, token_expires_at=ends).where(
                PlatformShop.account_id == one.op_biz_code).execute()


def shop_row(chain: Chain, venue_id: int, business: str = "58") -> PlatformShop:
    """The row of a venue's authorisation."""
    (row,) = chain.rows(PlatformShop, PlatformShop.venue == venue_id,
                        PlatformShop.business == business)
    return row


def refreshes(chain: Chain) -> int:
    """How often Meituan was asked for fresh tokens."""
    asked = requests.get(f"{chain.sandbox_url}/_sandbox/requests", timeout=10).json()["requests"]
    return sum(one["path"] == "/oauth/refresh" for one in asked)
