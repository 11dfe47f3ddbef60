"""The page of the notification channels: what is connected, and a button that tries it."""

from __future__ import annotations

from core.store.tables import Audit
from tests.builders import Chain
from tests.desk.conftest import Browser

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


def test_a_robot_is_set_tried_and_its_key_never_shown(manager: Browser, chain: Chain) -> None:
    assert "没配" in manager.text("/desk/channels")
    manager.send("/desk/alerts/robot", {"venue_id": chain.binjiang, "robot_key": KEY})
    page = manager.text("/desk/channels")
    assert "配好了" in page and KEY not in page
    answer = manager.send(f"/desk/channels/robots/{chain.binjiang}/try")
    assert answer.status_code == 200 and KEY not in answer.text
    assert KEY not in manager.text("/desk/audit")


def test_what_is_not_set_up_says_so(manager: Browser, chain: Chain) -> None:
    answer = manager.send(f"/desk/channels/robots/{chain.binjiang}/try")
    assert "还没配好" in answer.text
    assert "还没配好" in manager.send("/desk/channels/chats/wechat/try").text
    assert not chain.rows(Audit, Audit.action == "channel.tried")


def test_another_venues_group_is_not_disturbed(manager: Browser, chain: Chain) -> None:
    answer = manager.send(f"/desk/channels/robots/{chain.chengxi}/try")
    assert "别家店" in answer.text
