"""An order of a cart waits for its money: staff of the venue hear what to collect, once, and see
who took it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot.incoming import Key
from core.money import Money
from core.pricing.kinds import ProductType
from core.services.actor import Actor
from core.services.pricing.price import PriceRequest, Wanted
from core.services.staff_words import clock_time
from core.store.tables import Member, OutboxMessage, PriceOrder
from tests.bot.conftest import Stage
from tests.bot.talk import Card, Talk
from tests.bot.test_official import wang
from tests.builders import PHONE, Chain
from tests.desk.conftest import Browser, Desk
from tests.web import desk_of

__all__ = ["wang"]

PHOTOS = (ProductType.PHOTO_SET, 2)
Order = Callable[..., PriceOrder]


@pytest.fixture
def order(chain: Chain) -> Order:
    """滨江店 sells photos; an order of its kiosk, or of somebody else."""
    for kind, name, fen in (("PHOTO_SET", "照相集", 128_00), ("PHOTO_PRINT", "6 寸打印", 15_00),
                            ("VLOG_VIDEO", "旅拍 Vlog", 99_00), ("MACHINE_PRINT", "一体机", 9_90)):
        chain.services.pricing.products.create(
            {"product_type": kind, "product_id": "default", "scenic_id": chain.binjiang,
             "product_name": name, "base_price_fen": Money(fen), "unit": ""}, chain.manager)

    def made(*wanted: tuple[ProductType, int], by: Actor | None = None) -> PriceOrder:
        number = chain.services.pricing.checkout.settle(PriceRequest(
            tuple(Wanted(kind, "default", count) for kind, count in wanted or (PHOTOS,)),
            chain.binjiang), by or chain.kiosk)
        (row,) = chain.rows(PriceOrder, PriceOrder.id == number)
        return row

    return made


@pytest.fixture
def clerk(chain: Chain) -> Browser:
    """林小满 at the desk."""
    return Desk(desk_of(chain.services), chain).of(chain.clerk)


def card_of(chat: Talk, row: PriceOrder, as_: str = "林小满") -> Card:
    (card,) = chat.cards_of(row.order_no, as_)
    return card


def link(card: Card) -> str:
    """The path of the page that the card's only button opens."""
    (button,) = card.body["button_list"]
    assert button["type"] == 1
    return urlsplit(button["url"]).path


def test_the_card_says_what_to_collect_for_what_and_where(chain: Chain, chat: Talk,
                                                          order: Order) -> None:
    row = order(PHOTOS, (ProductType.PHOTO_PRINT, 3))
    assert "outbox" in chain.nudged, "the sender is woken at once"
    chat.deliver()
    card = card_of(chat, row)
    assert (card.band, card.title) == ("等付款", "收 ¥301.00")
    assert card.body["main_title"]["desc"] == f"报号 {row.order_no[-4:]}，滨江店自助机"
    assert card.body["sub_title_text"] == "照相集 × 2，6 寸打印 × 3"
    assert card.facts == {"等到": clock_time(row.expires_at)}
    assert [one["text"] for one in card.body["button_list"]] == ["去收款"]


def test_of_a_long_cart_the_first_lines_are_named(chain: Chain, chat: Talk,
                                                  order: Order) -> None:
    row = order(*((kind, 1) for kind in (ProductType.PHOTO_SET, ProductType.PHOTO_PRINT,
                                         ProductType.VLOG_VIDEO, ProductType.MACHINE_PRINT)))
    chat.deliver()
    said = card_of(chat, row).body["sub_title_text"]
    assert said.count("×") == 3 and said.endswith("，一共 4 样")


def test_who_works_at_that_venue_gets_it_once(chain: Chain, chat: Talk, order: Order) -> None:
    row = order()
    threads = [threading.Thread(target=chat.deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chat.deliver()
    assert [len(chat.cards_of(row.order_no, name)) for name in (
        "林小满", "梅雪", "陈晨", "周教练")] == [1, 1, 0, 0]


def test_the_button_leads_to_the_page_where_it_is_paid_and_all_see_by_whom(
        chain: Chain, chat: Talk, order: Order, clerk: Browser) -> None:
    row = order()
    chat.deliver()
    page = link(card_of(chat, row, "梅雪"))
    assert "收到了 ¥256.00" in clerk.text(page)
    clerk.send(f"{page}/pay")
    chat.deliver()
    for name in ("林小满", "梅雪"):
        card = card_of(chat, row, name)
        assert (card.band, card.title) == ("已付", "收了 ¥256.00")
        assert card.closed.startswith("林小满 ") and card.closed.endswith(" 收的")


def test_an_order_that_is_off_is_not_waited_for(chain: Chain, chat: Talk, order: Order,
                                                clerk: Browser) -> None:
    at_the_desk, at_the_kiosk, late = order(), order(), order()
    chat.deliver()
    clerk.send(f"{link(card_of(chat, at_the_desk))}/cancel")
    chain.services.pricing.orders.cancel(at_the_kiosk.order_no, chain.kiosk)
    chain.pass_time(timedelta(minutes=30, seconds=1))
    assert chain.services.pricing.orders.expire() == 1
    chat.deliver()
    cards = [card_of(chat, row, "梅雪") for row in (at_the_desk, at_the_kiosk, late)]
    assert {(card.band, card.title) for card in cards} == {("没买成", "不用收 ¥256.00 了")}
    assert cards[0].closed.startswith("林小满 ") and cards[0].closed.endswith(" 取消的")
    assert [card.closed for card in cards[1:]] == ["会员取消了", "没来付，过时了"]


def test_what_is_over_before_it_was_sent_is_not_sent(chain: Chain, chat: Talk,
                                                     order: Order) -> None:
    paid, off = order(), order()
    chain.services.pricing.orders.pay(paid.order_no, chain.clerk)
    chain.services.pricing.orders.cancel(off.order_no, chain.kiosk)
    assert (done := chat.deliver()).sent == 0 and done.overtaken >= 4
    late = order()
    chain.pass_time(timedelta(minutes=30, seconds=1))
    assert chat.deliver().sent == 0, "its time ran out, and nobody has cancelled it yet"
    assert [chat.cards_of(row.order_no) for row in (paid, off, late)] == [[], [], []]


def test_what_costs_less_before_it_was_sent_is_sent_as_it_is_now(chain: Chain, chat: Talk,
                                                                 order: Order) -> None:
    row = order()
    chain.services.pricing.orders.refund(row.order_no, chain.clerk, units={1: 1})
    chat.deliver()
    card = card_of(chat, row)
    assert (card.title, card.body["sub_title_text"]) == ("收 ¥128.00", "照相集 × 1")


def test_what_costs_less_after_it_was_sent_is_a_new_card(chain: Chain, chat: Talk, order: Order,
                                                         clerk: Browser) -> None:
    row = order()
    chat.deliver()
    chain.services.pricing.orders.refund(row.order_no, chain.clerk, units={1: 1})
    chat.deliver()
    first, last = chat.cards_of(row.order_no)
    assert (first.title, last.title) == ("收 ¥256.00", "收 ¥128.00")
    assert "收到了 ¥128.00" in clerk.text(link(last))
    clerk.send(f"{link(last)}/pay")
    chat.deliver()
    assert {card.title for card in chat.cards_of(row.order_no)} == {"收了 ¥128.00"}


def test_there_is_nothing_to_collect_where_staff_sell_or_it_is_free(chain: Chain, chat: Talk,
                                                                    order: Order) -> None:
    order(by=chain.clerk)
    chain.services.pricing.one_prices.create(
        {"name": "开业", "price_fen": Money(0), "scenic_id": chain.binjiang}, chain.manager)
    assert order().state == "paid"
    chat.deliver()
    assert chain.rows(OutboxMessage) == []


def test_a_members_order_shows_him_masked(chain: Chain, chat: Talk, order: Order) -> None:
    chain.card()
    (member,) = chain.rows(Member, Member.phone == PHONE)
    row = order(by=Actor("member", member.id, "mini"))
    chat.deliver()
    card = card_of(chat, row)
    assert card.facts["会员"] == "林** 138****8000"
    assert card.body["main_title"]["desc"].endswith("，滨江店小程序")
    kept = str([one.payload for one in chain.rows(OutboxMessage)]) + str(card.body)
    assert PHONE not in kept and "林知夏" not in kept


def test_a_phone_that_orders_without_end_does_not_fill_the_chat(chain: Chain, chat: Talk,
                                                                order: Order) -> None:
    chain.card()
    (member,) = chain.rows(Member, Member.phone == PHONE)
    phone = Actor("member", member.id, "mini")
    for _ in range(8):
        chain.services.pricing.orders.cancel(order(by=phone).order_no, phone)
    told = chain.rows(OutboxMessage, OutboxMessage.kind == "counter_card")
    assert len({row.subject_id for row in told}) == 5
    next_one = order()
    chat.deliver()
    assert card_of(chat, next_one).band == "等付款", "others are heard of all the same"
    chain.pass_time(timedelta(minutes=10, seconds=1))
    later = order(by=phone)
    chat.deliver()
    assert card_of(chat, later).band == "等付款"


def test_a_repeated_checkout_tells_nobody_again(chain: Chain, chat: Talk, order: Order) -> None:
    asked = PriceRequest((Wanted(ProductType.PHOTO_SET, "default", 1),))
    first, again = (chain.services.pricing.checkout.settle(
        asked, chain.kiosk, key=Key("kiosk:1", "one-press")) for _ in range(2))
    assert first == again and len(chain.rows(OutboxMessage)) == 2


def test_the_card_is_written_with_the_order_or_not_at_all(chain: Chain, order: Order) -> None:
    order()

    def dies(point: str) -> None:
        if point == "checkout.settle.inside":
            raise RuntimeError("killed")

    before, chain.store._probe = chain.store._probe, dies
    with pytest.raises(RuntimeError):
        order()
    chain.store._probe = before
    assert len(chain.rows(PriceOrder)) == 1 and len(chain.rows(OutboxMessage)) == 2


def test_it_comes_in_the_readers_language(chain: Chain, chat: Talk, order: Order,
                                          clerk: Browser) -> None:
    chat.say("English")
    row = order()
    chat.deliver()
    card = card_of(chat, row)
    assert (card.band, card.title) == ("to be paid", "Take ¥256.00")
    assert card.body["main_title"]["desc"] == f"No. {row.order_no[-4:]}, 滨江店, kiosk"
    clerk.send(f"{link(card)}/pay")
    chat.deliver()
    assert card_of(chat, row).closed.startswith("林小满 took it, ")


def test_a_chat_without_cards_hears_it_in_words(chain: Chain, stage: Stage, chat: Talk,
                                                wang: int, order: Order,
                                                clerk: Browser) -> None:
    chat.say("待办", as_="小王")
    row = order()
    chat.deliver()
    said = chat.texts("小王")[-1].splitlines()
    number = row.order_no[-4:]
    assert said[:3] == [f"{number} 等付款，收 ¥256.00，等到 {clock_time(row.expires_at)}",
                        "照相集 × 2", f"报号 {number}，滨江店自助机"]
    assert said[3:] == [f"{chain.services.settings.public_url}/desk/prices/orders/{row.order_no}"]
    clerk.send(f"{urlsplit(said[3]).path}/pay")
    chat.deliver()
    assert chat.texts("小王")[-1].startswith(f"{number} 已付\n林小满 ")


def test_after_two_days_of_silence_a_template_says_number_and_sum(
        chain: Chain, chat: Talk, wang: int, order: Order) -> None:
    chat.event("subscribe", as_="小王")
    chain.pass_time(timedelta(hours=49))
    row = order()
    chat.deliver()
    (told,) = [message["body"]["data"] for message in chat.heard("小王")
               if message["kind"] == "template"]
    assert told["thing1"]["value"].startswith(f"{row.order_no[-4:]} 等付款，收 ¥256.00")
