"""The main flow over HTTP: inspect, request, follow, confirm, refuse, undo (design section 5)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.running import RunningShop

PATH = "/api/v1/redemptions"
PHONE = "13912340001"
"""Of nobody the demo knows, until the first test."""


def inspected(shop: RunningShop, code: str, token: str, phone: str = PHONE) -> dict[str, Any]:
    answer = shop.call("POST", f"{PATH}/inspect", {"code": code, "phone": phone}, token=token)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


def asked(shop: RunningShop, kiosk: str, key: str | None = None) -> dict[str, Any]:
    """A member's wish at the kiosk, with the certificate it is about."""
    bought = shop.buy()
    seen = inspected(shop, bought["code"], kiosk)
    answer = shop.call("POST", PATH, {"inspection": seen["inspection"], "phone": PHONE},
                       token=kiosk, key=key)
    assert answer.status_code == 200, answer.text
    return {**answer.json()["data"], "bought": bought}


def uses(shop: RunningShop, wish: dict[str, Any]) -> int:
    return sum(one["live"] for one in shop.ledger(wish["bought"]["certificate_id"])["consumed"])


def refused(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["code"] == answer.status_code and body["data"] is None and body["message"]
    return answer.status_code, body["error"]


def test_a_wish_is_followed_cheaply_until_staff_say_yes(
        shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    assert (wish["state"], wish["settled"], wish["result"]) == ("awaiting_staff", False, None)
    one = f"{shop.web_url}{PATH}/{wish['ref']}"
    first = shop.http.get(one, headers={"Authorization": f"Bearer {kiosk}"}, timeout=10)
    known = {"Authorization": f"Bearer {kiosk}", "If-None-Match": first.headers["ETag"]}
    unchanged = shop.http.get(one, headers=known, timeout=10)
    assert (unchanged.status_code, unchanged.content) == (304, b"")

    done = shop.call("POST", f"{PATH}/{wish['ref']}/confirm", token=clerk).json()["data"]
    assert (done["state"], done["result"]["result_type"] in (1, 2)) == ("completed", True)
    changed = shop.http.get(one, headers=known, timeout=10)
    assert changed.status_code == 200
    assert changed.json()["data"]["result"]["result_id"] == done["result"]["result_id"]
    assert uses(shop, wish) == 1


def test_an_inspection_changes_nothing_and_can_be_refined(
        shop: RunningShop, kiosk: str) -> None:
    bought = shop.buy("douyin", uses=5)
    seen = inspected(shop, bought["code"], kiosk)
    more = shop.call("POST", f"{PATH}/inspect", {"inspection": seen["inspection"], "uses": 2},
                     token=kiosk).json()["data"]
    assert more["certificates"][0]["uses_left"] == 5
    assert more["certificates"][0]["choices"] != seen["certificates"][0]["choices"]
    assert shop.ledger(bought["certificate_id"])["consumed"] == []


def test_the_same_key_is_the_same_wish(shop: RunningShop, kiosk: str) -> None:
    bought = shop.buy()
    body = {"inspection": inspected(shop, bought["code"], kiosk)["inspection"], "phone": PHONE}
    answers = [shop.call("POST", PATH, body, token=kiosk, key="wish-1").json()["data"]
               for _ in range(3)]
    assert len({answer["ref"] for answer in answers}) == 1
    other = shop.call("POST", PATH, {**body, "name": "林"}, token=kiosk, key="wish-1")
    assert refused(other) == (409, "idempotency_conflict")
    assert shop.call("POST", PATH, body, token=kiosk).json()["data"]["ref"] == answers[0]["ref"], \
        "whoever asks twice without a key has one wish, too"
    odd = shop.call("POST", PATH, body, token=kiosk, key="x" * 129)
    assert refused(odd) == (422, "idempotency_key_malformed")


def test_staff_say_no_and_the_voucher_is_free_again(
        shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    told = shop.call("POST", f"{PATH}/{wish['ref']}/reject", {"reason": "要本人来"},
                     token=clerk).json()["data"]
    assert (told["state"], told["reason"], told["voucher_status"]) == ("rejected", "要本人来", 1)
    assert refused(shop.call("POST", f"{PATH}/{wish['ref']}/confirm", token=clerk))[0] == 409
    assert uses(shop, wish) == 0


def test_a_member_takes_it_back(shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    assert shop.call("POST", f"{PATH}/{wish['ref']}/withdraw",
                     token=kiosk).json()["data"]["state"] == "withdrawn"
    assert refused(shop.call("POST", f"{PATH}/{wish['ref']}/confirm", token=clerk))[0] == 409
    assert uses(shop, wish) == 0


def test_an_undo_is_shown_before_it_is_done(shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    shop.call("POST", f"{PATH}/{wish['ref']}/confirm", token=clerk)
    preview = shop.call("POST", f"{PATH}/{wish['ref']}/undo-preview", {},
                        token=clerk).json()["data"]
    assert (preview["allowed"], len(preview["uses"])) == (True, 1)
    assert preview["changes"][0]["text"]
    assert uses(shop, wish) == 1, "looking changes nothing"
    for _ in range(2):
        undone = shop.call("POST", f"{PATH}/{wish['ref']}/undo", {"reason": "选错了"},
                           token=clerk, key=f"undo-{wish['ref']}").json()["data"]
        assert (undone["state"], undone["voucher_status"]) == ("undone", 1)
    assert uses(shop, wish) == 0


def test_nobody_else_gets_a_voucher_that_somebody_asked_for(
        shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    again = shop.call("POST", PATH, {"code": wish["bought"]["code"], "phone": PHONE}, token=clerk)
    assert refused(again) == (409, "in_progress")
    assert again.json()["facts"]["ticket"] == wish["ticket"]


def test_the_desk_lists_what_waits(shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    page = shop.call("GET", f"{PATH}?state=awaiting_staff&page_size=100", token=clerk).json()
    assert set(page["data"]) == {"items", "total", "page", "page_size"}
    assert wish["ref"] in {one["ref"] for one in page["data"]["items"]}
    assert all(one["state"] == "awaiting_staff" for one in page["data"]["items"])


@pytest.mark.parametrize("step", ["confirm", "reject", "undo", "undo-preview"])
def test_a_kiosk_decides_nothing(shop: RunningShop, kiosk: str, step: str) -> None:
    wish = asked(shop, kiosk)
    answer = shop.call("POST", f"{PATH}/{wish['ref']}/{step}", {}, token=kiosk)
    assert answer.status_code == 403, answer.text
    assert uses(shop, wish) == 0


def test_another_venues_staff_neither_see_nor_decide(shop: RunningShop, kiosk: str) -> None:
    wish, stranger = asked(shop, kiosk), shop.staff("chenchen")["token"]
    seen = shop.call("GET", f"{PATH}/{wish['ref']}", token=stranger)
    assert seen.status_code in (403, 404)
    assert shop.call("POST", f"{PATH}/{wish['ref']}/confirm",
                     token=stranger).status_code in (403, 404)
    assert uses(shop, wish) == 0


def test_who_is_not_signed_in_hears_so_and_an_unknown_ref_is_not_found(
        shop: RunningShop, kiosk: str, clerk: str) -> None:
    wish = asked(shop, kiosk)
    for token in (None, "made-up-token"):
        assert refused(shop.call("GET", f"{PATH}/{wish['ref']}", token=token)) == (
            401, "not_signed_in")
    assert shop.call("GET", f"{PATH}/nobody-knows-this", token=clerk).status_code == 404


def test_errors_speak_the_callers_language(shop: RunningShop, clerk: str) -> None:
    def message(language: str) -> str:
        answer = shop.http.post(
            f"{shop.web_url}{PATH}/inspect", json={"code": "123456789012"}, timeout=10,
            headers={"Authorization": f"Bearer {clerk}", "Accept-Language": language})
        return str(answer.json()["message"])

    assert message("zh-CN").startswith("券码错误")
    assert message("en-GB,en;q=0.9").startswith("Wrong code")


@pytest.mark.parametrize("body", [
    {}, {"inspection": "not-sealed-here"}, {"inspection": "x" * 20_001}, {"code": 7},
    {"code": "1234567890", "uses": 0}, {"code": "1234567890", "uses": 10**9},
    {"code": "1234567890", "phone": "12"}, {"code": "1234567890", "certificates": []},
    {"code": "1234567890", "surprise": True}, [], "text", None,
])
def test_a_wish_that_makes_no_sense_is_refused(
        shop: RunningShop, kiosk: str, body: object) -> None:
    answer = shop.call("POST", PATH, body, token=kiosk)
    assert 400 <= answer.status_code < 500, answer.text
    refused(answer)
