"""After a day's work: no secret, whole phone or live code in the dump, the logs or the answers
(invariant I8)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest

from core.config import Settings
from jobs.demo_world import sandbox_world
from tests.running import RunningShop

PHONE = "13955501234"
"""Of a member who did not exist before."""


@pytest.fixture(scope="module")
def codes(shop: RunningShop) -> list[str]:
    """Codes of a redeemed, an undone, a waiting and a refused certificate, and a scanned one."""
    kiosk, clerk = shop.demo["kiosk"]["token"], shop.staff("linxiaoman")["token"]
    bought = [shop.buy(platform, phone=PHONE)["code"]
              for platform in ("meituan", "douyin", "meituan", "douyin", "meituan")]
    for code in bought[:3]:
        found = shop.call("POST", "/api/v1/redemptions/inspect",
                          {"code": code, "phone": PHONE}, token=kiosk).json()["data"]
        made = shop.call("POST", "/api/v1/redemptions", {
            "inspection": found["inspection"], "choice": "open", "phone": PHONE,
            "name": "周晓"}, token=kiosk).json()["data"]
        if code != bought[2]:
            shop.call("POST", f"/api/v1/redemptions/{made['ref']}/confirm", {}, token=clerk)
        if code == bought[1]:
            undone = shop.call("POST", f"/api/v1/redemptions/{made['ref']}/undo",
                               {"reason": "核错人了"}, token=clerk).json()
            assert undone["data"]["state"] == "undone", undone
    shop.call("POST", "/api/v1/redemptions/inspect", {"code": bought[3]}, token=kiosk)
    shop.call("POST", "/api/v1/vouchers/verify", {"voucher_code": "1" + bought[4][1:]},
              token=clerk)
    return bought


def secrets_of(shop: RunningShop) -> Iterator[str]:
    """Every secret there is: of the installation, the platforms, the people."""
    settings = Settings.read(shop.environ)
    yield from settings.secrets()
    world = sandbox_world(settings)
    yield from (world.meituan.sign_key, world.douyin.client_secret, world.wecom.secret)
    for one in world.meituan.shops:
        yield from (one.app_auth_token, one.refresh_token)
    demo = shop.demo
    yield from (one[kind] for one in demo["staff"] for kind in ("password", "token"))
    yield demo["kiosk"]["token"]
    yield from (one["token"] for one in demo["members"])


def test_a_database_dump_holds_nothing_readable(shop: RunningShop, codes: list[str]) -> None:
    with sqlite3.connect(shop.folder / "hexiaotai.db") as database:
        dump = "\n".join(database.iterdump())
    assert "健身月卡" in dump
    for word in (PHONE, *codes, *secrets_of(shop)):
        assert word not in dump, word[:6]


def test_the_logs_hold_nothing_readable(shop: RunningShop, codes: list[str]) -> None:
    written = shop.log()
    assert "/ddzh/tuangou/receipt/consume" in written
    for word in (PHONE, *codes, *secrets_of(shop)):
        assert word not in written, word[:6]


@pytest.mark.parametrize("who", ["kiosk", "linxiaoman"])
def test_answers_show_masked_phones_and_codes(shop: RunningShop, codes: list[str],
                                              who: str) -> None:
    token = shop.demo["kiosk"]["token"] if who == "kiosk" else shop.staff(who)["token"]
    answers = [shop.call("POST", "/api/v1/redemptions/inspect", {"code": code}, token=token)
               for code in codes]
    if who != "kiosk":
        answers.append(shop.call("GET", "/api/v1/vouchers", token=token))
        answers.append(shop.call("GET", "/api/v1/redemptions", token=token))
    shown = json.dumps([answer.json() for answer in answers], ensure_ascii=False)
    assert "139****1234" in shown
    for word in (PHONE, *codes, *secrets_of(shop)):
        assert word not in shown, word[:6]


def test_unknown_and_used_codes_look_alike_to_strangers(shop: RunningShop,
                                                        codes: list[str]) -> None:
    used, unknown = (shop.call("POST", "/api/v1/redemptions/inspect", {"code": code})
                     for code in (codes[0], "1999999999"))
    assert used.status_code == unknown.status_code == 401
    assert used.json()["message"] == unknown.json()["message"]
