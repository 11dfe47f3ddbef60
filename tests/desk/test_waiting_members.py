"""Members who wait: seen at once, decided once, told why."""

from __future__ import annotations

from core.vouchers.redemption import State
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk


def test_who_waits_is_listed_with_what_is_wanted(clerk: Browser, chain: Chain) -> None:
    view = chain.ask(chain.buy())
    page = clerk.text("/desk/waiting")
    for text in (view.ticket, "自助机", "月卡 30 天", "¥199.00", "138****8000", "1 个人在等"):
        assert text in page, text


def test_an_empty_list_says_where_waiting_members_come_from(clerk: Browser) -> None:
    assert "会员在自助机或小程序扫码后，会出现在这里" in clerk.text("/desk/waiting")


def test_the_list_costs_nothing_while_nothing_changes(clerk: Browser, chain: Chain) -> None:
    chain.ask(chain.buy())
    tag = clerk.open("/desk/waiting/list").headers["ETag"]
    assert clerk.open("/desk/waiting/list", headers={"If-None-Match": tag}).status_code == 304
    chain.ask(chain.buy("douyin", "lessons"))
    assert clerk.open("/desk/waiting/list", headers={"If-None-Match": tag}).status_code == 200


def test_the_menu_counts_who_waits(clerk: Browser, chain: Chain) -> None:
    assert clerk.open("/desk/now").json["waiting"] == 0
    chain.ask(chain.buy())
    assert clerk.open("/desk/now").json["waiting"] == 1


def test_one_press_confirms_and_the_list_moves_on(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    view = chain.ask(bought)
    answer = clerk.send(f"/desk/redemptions/{view.ref}/confirm", headers={"X-Desk-Part": "1"})
    assert answer.status_code == 200 and "没有人在等确认" in answer.text
    assert view.ticket in answer.text.split("刚处理的")[1]
    assert chain.consumed(bought) == 1


def test_whoever_comes_second_hears_who_was_faster(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    view = chain.ask(chain.buy())
    manager.send(f"/desk/redemptions/{view.ref}/confirm")
    answer = clerk.send(f"/desk/redemptions/{view.ref}/confirm", headers={"X-Desk-Part": "1"})
    assert answer.status_code == 409 and "由梅雪处理了" in answer.text


def test_the_same_person_pressing_twice_confirms_once(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    view = chain.ask(bought)
    for _ in range(2):
        assert clerk.send(f"/desk/redemptions/{view.ref}/confirm").status_code == 200
    assert chain.consumed(bought) == 1


def test_rejecting_needs_a_reason_and_uses_nothing(clerk: Browser, chain: Chain) -> None:
    bought = chain.buy()
    view = chain.ask(bought)
    path = f"/desk/redemptions/{view.ref}/reject"
    assert "会员会看到" in clerk.text(path)
    assert clerk.send(path).status_code == 422
    clerk.send(path, {"reason": "要本人来"})
    seen = chain.services.redeem.view(view.ref, chain.clerk)
    assert seen.state is State.REJECTED and seen.reason == "要本人来"
    assert chain.consumed(bought) == 0


def test_another_venues_staff_neither_see_nor_decide(desk: Desk, chain: Chain) -> None:
    view = chain.ask(chain.buy())
    western = desk.of(chain.western_clerk)
    assert view.ticket not in western.text("/desk/waiting")
    answer = western.send(f"/desk/redemptions/{view.ref}/confirm", headers={"X-Desk-Part": "1"})
    assert answer.status_code == 409 and "别家店" in answer.text
    assert chain.services.redeem.view(view.ref, chain.clerk).state is State.AWAITING_STAFF
