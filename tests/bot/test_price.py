"""试算: a cart priced by talking, with its reasons; nothing is sold or used up."""

from __future__ import annotations

import pytest

from core.money import Money
from core.store.tables import PriceProduct
from tests.bot.talk import Talk
from tests.builders import Chain


@pytest.fixture
def goods(chain: Chain) -> None:
    """What 滨江店 sells."""
    at = chain.clock.now()
    with chain.store.connection():
        for kind, name, fen in (("PHOTO_PRINT", "照片打印 6 寸", 20_00),
                                ("PHOTO_SET", "照相集", 100_00)):
            PriceProduct.create(product_type=kind, scenic_id=chain.binjiang, product_name=name,
                                base_price_fen=Money(fen), created_at=at, updated_at=at)


@pytest.mark.parametrize("said", ["试算 照片打印 3，照相集 1", "算价 照片打印x3, 照相集",
                                  "price 照片打印 3张+照相集 1本"])
def test_a_cart_is_priced(chain: Chain, chat: Talk, goods: None, said: str) -> None:
    answer = chat.say(said)
    assert "原价 ¥160.00" in answer and "要付 ¥160.00" in answer


def test_what_is_not_sold_here_is_said(chain: Chain, chat: Talk, goods: None) -> None:
    assert "不认识“冰淇淋”。这里卖：照片打印 6 寸、照相集" in chat.say("试算 冰淇淋 2")


def test_a_code_that_does_not_help_gets_its_reason(chain: Chain, chat: Talk, goods: None) -> None:
    answer = chat.say("试算 照相集 1，码 ABCD2345EF")
    assert "要付 ¥100.00" in answer and "用不上" in answer


def test_without_a_cart_it_shows_how(chain: Chain, chat: Talk, goods: None) -> None:
    answer = chat.say("试算")
    assert "比如" in answer and "照相集" in answer
