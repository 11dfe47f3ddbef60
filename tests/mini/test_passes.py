"""Over HTTP: a phone shows its pass, gates count it; a mini-program goes on for a kiosk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.store.tables import MemberCard, MemberIdentity
from tests.builders import Chain
from tests.mini.phones import Phone

NUMBER = "13800138000"


@pytest.fixture
def kiosk(app: Flask, chain: Chain) -> Phone:
    """The kiosk's device, asking with its own token."""
    with chain.store.connection():
        token = chain.services.sign_in.open_for_kiosk(chain.kiosk.id).token
    return Phone(app, chain, token=token)


@pytest.fixture
def lin(phone: Callable[..., Phone], chain: Chain) -> Phone:
    """林知夏's phone; she holds a card."""
    card, signed_in = chain.card(ends_in=30), phone()
    with chain.store.connection():
        MemberIdentity.update(member=MemberCard.get_by_id(card).member_id).where(
            MemberIdentity.external_id == signed_in.openid).execute()
    return signed_in.sign_in()


def test_a_shown_pass_is_counted_once(chain: Chain, lin: Phone, kiosk: Phone) -> None:
    shown = lin.get("pass")
    assert shown["renew_in"] == 30 and shown["chosen"]["kind"] == "card"
    gate = "/api/v1/visits"
    first, again = (kiosk.post(gate, {"text": shown["text"]}) for _ in range(2))
    assert (first["repeated"], again["repeated"], first["id"]) == (False, True, again["id"])
    assert first["member_name"] == "林**" and NUMBER not in repr(first)
    assert [one["id"] for one in lin.get("visits")["items"]] == [first["id"]]
    assert lin.refused("POST", gate, {"text": shown["text"]}) == (403, "not_allowed")
    assert kiosk.refused("GET", "pass") == (403, "not_allowed")


def test_staff_give_a_visit_back(app: Flask, chain: Chain, lin: Phone, kiosk: Phone) -> None:
    counted = kiosk.post("/api/v1/visits", {"text": lin.get("pass")["text"]})
    with chain.store.connection():
        token = chain.services.sign_in.open_for_staff(chain.clerk.id, "api").token
    clerk, here = Phone(app, chain, token=token), f"/api/v1/visits/{counted['id']}/undo"
    assert clerk.refused("POST", here, {"reason": ""}) == (422, "invalid_input")
    assert lin.refused("POST", here, {"reason": "我没来"}) == (403, "not_allowed")
    assert kiosk.refused("POST", here, {"reason": "?"}) == (403, "not_allowed")
    assert clerk.post(here, {"reason": "扫错了人"})["undone_at"]
    (mine,) = lin.get("visits")["items"]
    (seen,) = clerk.get("/api/v1/visits?page_size=500")["items"]
    assert mine["undone_at"] == seen["undone_at"] is not None
    assert kiosk.refused("GET", "/api/v1/visits") == (403, "not_allowed")


@pytest.mark.parametrize("text, refused", [
    ("HXP" + "A" * 52, (422, "pass_unreadable")), ("1234567890", (422, "pass_unreadable")),
    ("", (422, "invalid_input")), ("x" * 300, (422, "invalid_input"))])
def test_what_is_no_pass_is_refused(kiosk: Phone, text: str, refused: tuple[int, str]) -> None:
    assert kiosk.refused("POST", "/api/v1/visits", {"text": text}) == refused


def test_nothing_to_come_in_with(phone: Callable[..., Phone]) -> None:
    assert phone().refused("GET", "pass") == (409, "pass_nothing")


def test_a_mini_program_goes_on_for_a_kiosk(chain: Chain, lin: Phone, kiosk: Phone) -> None:
    here = "/api/v1/kiosks/handovers"
    seen = kiosk.post("/api/v1/redemptions/inspect", {"code": chain.buy().code})
    offer: dict[str, Any] = kiosk.post(here, {"inspection": seen["inspection"]})
    code = offer["url"].rsplit("/", 1)[-1]
    assert offer["picture"] == f"/kiosk/go/{code}" and len(code) <= 32
    taken = lin.post("handovers", {"code": code})
    assert taken["inspection"] == seen["inspection"] and taken["venue_name"] == "滨江店"
    assert kiosk.get(f"{here}/{offer['id']}")["state"] == "taken"
    assert lin.refused("POST", "handovers", {"code": code}) == (409, "handover_taken")
    asked = chain.ask(chain.buy())
    lin.post("handovers/asked", {"token": taken["token"], "ref": asked.ref})
    progress = kiosk.get(f"{here}/{offer['id']}")
    assert (progress["state"], progress["ticket"]) == ("waiting", asked.ticket)
    assert set(progress) == {"state", "ticket", "expires_at"}


def test_only_a_kiosk_offers(lin: Phone) -> None:
    here = "/api/v1/kiosks/handovers"
    assert lin.refused("POST", here, {}) == (403, "not_allowed")
    assert lin.refused("DELETE", here) == (403, "not_allowed")
    assert lin.refused("GET", f"{here}/1") == (403, "not_allowed")
