"""Whatever is scanned: the right reading or a clear reason, and no platform is bothered."""

from __future__ import annotations

import time

import pytest

from core.api.phrases import SENTENCES
from tests.running import RunningShop
from tests.vouchers.test_scan_rubbish import RUBBISH


def asked_since(shop: RunningShop, at: float) -> list[dict[str, object]]:
    found: list[dict[str, object]] = shop.control("GET", f"requests?since={at}")["requests"]
    return [one for one in found if one["platform"] in ("meituan", "douyin")]


def test_rubbish_gets_a_reason_and_reaches_no_platform(shop: RunningShop, kiosk: str) -> None:
    assert len(RUBBISH) >= 60
    began = time.time()
    for name, text, reason in RUBBISH:
        answer = shop.call("POST", "/api/v1/redemptions/inspect", {"code": text}, token=kiosk)
        error = answer.json()
        assert answer.status_code == 422, (name, error)
        assert error["error"] == reason, (name, error)
        assert error["message"].startswith(SENTENCES[reason][0].split("{")[0][:6]), (name, error)
        assert error["data"] is None
    assert asked_since(shop, began) == []


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_megabytes_are_refused_at_once(shop: RunningShop, kiosk: str, size: int) -> None:
    began = time.time()
    answer = shop.call("POST", "/api/v1/redemptions/inspect", {"code": "7" * size}, token=kiosk)
    assert answer.status_code in (413, 422)
    assert asked_since(shop, began) == []


@pytest.mark.parametrize("spelling", [
    "{0}", " {0}\n", "{0}{0}", "券码：{0}", "{1} {2} {3}", "{1}-{2}-{3}", "{0}\u200b",
    "CODE_128,{0}"])
def test_every_way_to_send_a_code_finds_it(shop: RunningShop, kiosk: str, spelling: str) -> None:
    code = shop.buy("meituan")["code"]
    text = spelling.format(code, code[:4], code[4:8], code[8:])
    answer = shop.call("POST", "/api/v1/redemptions/inspect", {"code": text}, token=kiosk).json()
    assert answer["code"] == 200, answer
    assert answer["data"]["certificates"][0]["code_tail"] == code[-4:]


def test_full_width_digits_are_digits(shop: RunningShop, kiosk: str) -> None:
    code = shop.buy("meituan")["code"]
    wide = code.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    answer = shop.call("POST", "/api/v1/redemptions/inspect", {"code": wide}, token=kiosk).json()
    assert answer["data"]["certificates"][0]["status"] == 1


def test_a_douyin_qr_is_followed_to_its_certificate(shop: RunningShop, kiosk: str) -> None:
    bought = shop.buy("douyin", sku="lessons")
    share = f"【抖音】私教课 10 节，点击 {bought['qr']} 查看"
    answer = shop.call("POST", "/api/v1/redemptions/inspect", {"code": share}, token=kiosk).json()
    assert answer["data"]["certificates"][0]["platform"] == "douyin"
