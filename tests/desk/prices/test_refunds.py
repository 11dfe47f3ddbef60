"""A manager gives money of an order back: sees what, says why, says yes twice; once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.money import Money
from core.store.tables import Audit, PriceOrder, PriceOrderRefund, PriceVoucherCode
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk
from tests.desk.prices.conftest import PhotoShop
from tests.desk.prices.test_orders import LIST, order

YES = {"reason": "质量不好", "seen": "1"}


@pytest.fixture
def paid(chain: Chain, shop: PhotoShop) -> str:
    """The number of an order of two photo sets at ¥108.80, paid with a code for 8.5 折."""
    batch = shop.batch(on_paper=True)
    code = chain.rows(PriceVoucherCode, PriceVoucherCode.batch == batch.id)[0]
    row = order(chain, shop, (code.code,))
    chain.services.pricing.orders.pay(row.order_no, chain.clerk)
    return str(row.order_no)


def form(page: str, **given: Any) -> dict[str, Any]:
    """What a browser sends of the form shown: its key, its units and the amount it showed."""
    fields = dict(re.findall(r'name="(key|shown)" value="([^"]*)"', page))
    units = dict(re.findall(r'name="(unit-\d+)"[^>]* value="([^"]*)"', page))
    return {**fields, **units, **given}


def refunded(chain: Chain) -> list[Money]:
    return [row.amount_fen for row in chain.rows(PriceOrderRefund)]


def test_the_preview_says_what_goes_back_and_changes_nothing(
        manager: Browser, chain: Chain, paid: str) -> None:
    assert f"{LIST}/{paid}/refund" in manager.text(f"{LIST}/{paid}")
    empty = manager.text(f"{LIST}/{paid}/refund")
    assert "买了 2 件，还能退 2 件" in empty and "会退回这些" not in empty
    one = manager.text(f"{LIST}/{paid}/refund?unit-1=1")
    assert "退 ¥108.80" in one and "要全退完才还" in one
    both = manager.text(f"{LIST}/{paid}/refund?unit-1=2")
    assert "退 ¥217.60" in both and "券码还给会员，可以再用" in both
    assert refunded(chain) == []


def test_one_unit_goes_back_then_the_other_with_the_code(
        manager: Browser, chain: Chain, paid: str) -> None:
    path = f"{LIST}/{paid}/refund"
    shown = form(manager.text(f"{path}?unit-1=1"), **YES)
    answer = manager.send(path, shown).text
    assert "部分退款" in answer and "第 1 次退款" in answer and "质量不好" in answer
    assert "退款" in manager.send(path, shown).text, "pressing twice is pressing once"
    assert refunded(chain) == [Money.yuan(108.80)]
    rest = manager.text(f"{path}?unit-1=1")
    assert "还能退 1 件" in rest and "退过 ¥108.80" in rest
    assert "已退款" in manager.send(path, form(rest, **YES)).text
    assert sum(one.fen for one in refunded(chain)) == 217_60
    (code,) = chain.rows(PriceVoucherCode, PriceVoucherCode.used_count == 0,
                         PriceVoucherCode.status == 1)[:1]
    assert code.used_count == 0
    assert manager.open(path).status_code == 409


@pytest.mark.parametrize(("change", "said"), [
    ({"seen": ""}, "看过要退的钱再打勾"), ({"reason": ""}, "选一个原因，或自己写"),
    ({"unit-1": ""}, "还没选退几件"), ({"unit-1": "2"}, "件数改过了"),
    ({"unit-1": "3"}, "没有这么多件可退"), ({"unit-1": "-1"}, "还没选退几件"),
    ({"shown": ""}, "件数改过了")], ids=str)
def test_without_a_second_yes_nothing_goes_back(
        manager: Browser, chain: Chain, paid: str, change: dict[str, str], said: str) -> None:
    shown = form(manager.text(f"{LIST}/{paid}/refund?unit-1=1"), **{**YES, **change})
    answer = manager.send(f"{LIST}/{paid}/refund", shown)
    assert answer.status_code == 422 and said in answer.text
    assert refunded(chain) == []


def test_it_is_in_the_audit_book(manager: Browser, chain: Chain, paid: str) -> None:
    manager.send(f"{LIST}/{paid}/refund",
                 form(manager.text(f"{LIST}/{paid}/refund?unit-1=1"), **YES))
    (row,) = chain.rows(Audit, Audit.action == "order.refund")
    assert (row.actor_id, row.from_state, row.to_state) == (
        chain.manager.id, "paid", "partly_refunded")


def test_a_clerk_may_not(clerk: Browser, desk: Desk, chain: Chain, paid: str) -> None:
    """nor does he see the way there; another venue's manager does not find the order"""
    assert "/refund" not in clerk.text(f"{LIST}/{paid}")
    assert clerk.open(f"{LIST}/{paid}/refund").status_code == 403
    assert clerk.send(f"{LIST}/{paid}/refund", {**YES, "unit-1": "1", "shown": "10880"}
                      ).status_code == 403
    assert refunded(chain) == []
    assert chain.rows(PriceOrder)[0].state == "paid"


def test_what_was_not_paid_is_cancelled_not_refunded(
        manager: Browser, chain: Chain, shop: PhotoShop) -> None:
    row = order(chain, shop)
    assert "/refund" not in manager.text(f"{LIST}/{row.order_no}")
