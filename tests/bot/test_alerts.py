"""Alerts can be switched off or wait until morning; cards of waiting members always come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import VoucherError
from core.services.chat import Alerts
from core.services.redeem import RedeemRequest
from tests.bot.talk import Talk
from tests.builders import Chain


def unmapped(chain: Chain) -> None:
    """A voucher without a product: the manager is alerted."""
    with pytest.raises(VoucherError):
        chain.services.redeem.request(
            RedeemRequest(code=chain.buy(sku="unmapped").code, phone="13700000001"), chain.kiosk)


def alerted(chain: Chain, chat: Talk) -> bool:
    before = len(chat.texts("梅雪"))
    unmapped(chain)
    chat.deliver()
    return any("运动水壶礼盒" in text for text in chat.texts("梅雪")[before:])


def test_alerts_come_unless_switched_off(chain: Chain, chat: Talk) -> None:
    assert "告警关着" in chat.say("告警 关", as_="梅雪")
    assert not alerted(chain, chat)
    asked = chain.ask(chain.buy())
    chat.deliver()
    assert len(chat.cards(asked, "梅雪")) == 1


def test_alerts_come_by_default(chain: Chain, chat: Talk) -> None:
    assert alerted(chain, chat)


def test_a_mute_ends_by_itself(chain: Chain, chat: Talk) -> None:
    assert "静音到" in chat.say("静音 2h", as_="梅雪")
    assert not alerted(chain, chat)
    chain.pass_time(timedelta(hours=2, seconds=1))
    assert chat.deliver().sent >= 1
    assert "运动水壶礼盒" in chat.texts("梅雪")[-1]
    assert "静音" not in chat.say("告警", as_="梅雪").split("。")[0]


def test_quiet_nights_are_kept(chain: Chain, chat: Talk) -> None:
    assert "22 点到 8 点攒着" in chat.say("告警 22-8", as_="梅雪")
    assert "22 点到 8 点" in chat.say("告警", as_="梅雪")
    assert "没看懂" in chat.say("告警 25-8", as_="梅雪")


def test_a_clerk_gets_no_alerts_to_switch(chain: Chain, chat: Talk) -> None:
    assert "店长来办" in chat.say("告警 关")
    assert "告警" not in chat.say("帮助")


SHOP_NIGHT = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
"""23:30 at the shop."""


@pytest.mark.parametrize("at, quiet, waits_until", [
    pytest.param(SHOP_NIGHT, (22, 8), datetime(2026, 11, 22, 0, 0, tzinfo=UTC), id="before 12"),
    pytest.param(SHOP_NIGHT + timedelta(hours=4), (22, 8),
                 datetime(2026, 11, 22, 0, 0, tzinfo=UTC), id="after 12"),
    pytest.param(SHOP_NIGHT - timedelta(hours=2), (22, 8), None, id="evening"),
    pytest.param(SHOP_NIGHT, (0, 7), None, id="not yet"),
    pytest.param(SHOP_NIGHT - timedelta(hours=10), (12, 14),
                 datetime(2026, 11, 21, 6, 0, tzinfo=UTC), id="at noon"),
    pytest.param(SHOP_NIGHT, None, None, id="none"),
])
def test_quiet_hours(at: datetime, quiet: tuple[int, int] | None,
                     waits_until: datetime | None) -> None:
    assert Alerts(quiet=quiet).wait_until(at) == waits_until
