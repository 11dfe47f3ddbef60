"""The chat page in a real browser: say, press, watch (no bot of the product needed)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright

from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from tests.sandbox.served import served
from tests.sandbox.test_chat import Bot, text_reply
from tests.sandbox.test_wecom import CARD, WecomApp

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium",
                                       args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


@pytest.fixture
def bot(world: World) -> Bot:
    return Bot(world)


@pytest.fixture
def app(world: World, bot: Bot) -> Iterator[Flask]:
    with served(bot.app()) as base:
        hooks = replace(world.webhooks, wecom=f"{base}/wecom", official=f"{base}/official")
        yield create_sandbox(replace(world, webhooks=hooks))


@pytest.fixture
def page(app: Flask, chromium: Page) -> Iterator[Page]:
    with served(app) as base:
        chromium.goto(f"{base}/chat")
        expect(chromium.get_by_test_id("chat-person")).to_have_count(8)
        yield chromium
        chromium.goto("about:blank")


def test_a_clerk_talks_and_sees_the_answer(page: Page, bot: Bot) -> None:
    bot.answer = lambda heard: text_reply("在，<b>你说</b>")
    page.get_by_test_id("chat-input").fill("帮助")
    page.get_by_test_id("chat-send").click()
    messages = page.get_by_test_id("chat-message")
    expect(messages).to_have_count(2)
    expect(messages.nth(1)).to_contain_text("在，<b>你说</b>")
    assert [heard["Content"] for heard in bot.heard] == ["帮助"]


def test_a_pressed_card_is_updated_where_it_stands(
        page: Page, app: Flask, bot: Bot, world: World) -> None:
    wecom = WecomApp(app.test_client(), world)
    bot.answer = lambda heard: wecom.update(
        heard["ResponseCode"], button={"replace_name": "梅雪确认了"},
        userids=["linxiaoman", "meixue"]) and ""
    page.get_by_test_id("chat-user").select_option("meixue")
    wecom.send("template_card", CARD, touser="linxiaoman|meixue")
    card = page.get_by_test_id("chat-card")
    expect(card).to_have_attribute("data-state", "live")
    card.locator('[data-testid=card-button][data-key="confirm"]').click()
    expect(card).to_have_attribute("data-state", "replaced")
    expect(page.get_by_test_id("card-replaced")).to_be_disabled()
    page.get_by_test_id("chat-user").select_option("linxiaoman")
    expect(page.get_by_test_id("chat-card")).to_have_attribute("data-state", "replaced")
    assert bot.heard[0]["FromUserName"] == "meixue"


def test_a_button_with_a_page_opens_it_and_tells_the_bot_nothing(
        page: Page, app: Flask, bot: Bot, world: World) -> None:
    opens = [{"text": "去收款", "style": 1, "key": "open", "type": 1,
              "url": "https://shop.example/desk/prices/orders/P1"}]
    WecomApp(app.test_client(), world).send("template_card", {**CARD, "button_list": opens},
                                            touser="linxiaoman")
    page.get_by_test_id("chat-user").select_option("linxiaoman")
    link = page.get_by_test_id("chat-card").get_by_test_id("card-link")
    expect(link).to_have_text("去收款")
    expect(link).to_have_attribute("href", "https://shop.example/desk/prices/orders/P1")
    expect(page.get_by_test_id("card-button")).to_have_count(0)
    assert bot.heard == []


def test_unread_messages_are_counted_at_the_other_persons_name(
        page: Page, app: Flask, world: World) -> None:
    WecomApp(app.test_client(), world).send("text", {"content": "交班"}, touser="meixue")
    expect(page.locator('[data-userid="meixue"]')).to_contain_text("1")
    page.locator('[data-userid="meixue"]').click()
    expect(page.get_by_test_id("chat-message")).to_contain_text("交班")


def test_a_bought_code_lands_in_the_box_and_a_photo_is_sent(page: Page, bot: Bot) -> None:
    page.get_by_test_id("chat-buy").click()
    expect(page.get_by_test_id("chat-bought").locator("button")).to_have_count(1)
    assert page.get_by_test_id("chat-input").input_value().isdigit()
    page.get_by_test_id("chat-photo").set_input_files(
        {"name": "qr.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
    expect(page.locator('[data-testid=chat-message][data-kind="image"]')).to_have_count(1)
    assert bot.heard[0]["MsgType"] == "image"


def test_a_silent_bot_is_said_to_be_silent(page: Page, bot: Bot) -> None:
    bot.status = 500
    page.get_by_test_id("chat-input").fill("帮助")
    page.get_by_test_id("chat-send").click()
    expect(page.get_by_test_id("chat-error")).to_contain_text("HTTP 500")
    expect(page.get_by_test_id("chat-message")).to_have_count(1)
