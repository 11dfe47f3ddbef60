"""Staff sign in, kiosks are paired: tokens, lock-out, guessing (design section 5, identity)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.shelf import Shelf
from tests.web import rest_of

LOGIN, PAIR = "/api/v1/auth/login", "/api/v1/kiosks/pair"
Call = Callable[..., TestResponse]


@pytest.fixture
def call(shelf: Shelf) -> Call:
    client = rest_of(shelf.services).test_client()

    def send(path: str, body: Any = None, token: str | None = None) -> TestResponse:
        return client.post(path, json=body or {},
                           headers={"Authorization": f"Bearer {token}"} if token else {})

    return send


@pytest.fixture
def password(shelf: Shelf) -> str:
    """Of the clerk 林小满, set by her manager."""
    return shelf.services.admin.staff.new_password(Shelf.clerk.id, Shelf.owner)


def signed_in(shelf: Shelf, call: Call, actor: Any) -> str:
    with shelf.services.store.connection():
        return shelf.services.sign_in.open_for_staff(actor.id, "api").token


def test_a_password_gives_a_token_until_signing_out(
        shelf: Shelf, call: Call, password: str) -> None:
    token = call(LOGIN, {"username": "linxiaoman", "password": password}).json["data"]["token"]
    assert call("/api/v1/redemptions/inspect", {}, token).status_code == 422, "let in"
    assert call("/api/v1/auth/logout", token=token).status_code == 200
    assert call("/api/v1/auth/logout", token=token).status_code == 401


def test_a_token_ends_after_a_working_day(shelf: Shelf, call: Call, password: str) -> None:
    token = call(LOGIN, {"username": "linxiaoman", "password": password}).json["data"]["token"]
    shelf.clock.advance(timedelta(hours=12, seconds=1))
    assert call("/api/v1/auth/logout", token=token).status_code == 401


def test_a_wrong_name_and_a_wrong_password_sound_the_same(call: Call, password: str) -> None:
    told = [call(LOGIN, {"username": name, "password": "not-it-at-all"}).json
            for name in ("linxiaoman", "nobody-of-this-name")]
    assert [(one["code"], one["error"]) for one in told] == [(401, "wrong_credentials")] * 2
    assert told[0]["message"] == told[1]["message"]


def test_five_wrong_passwords_lock_even_the_right_one_out(call: Call, password: str) -> None:
    for _ in range(5):
        call(LOGIN, {"username": "linxiaoman", "password": "not-it-at-all"})
    answer = call(LOGIN, {"username": "linxiaoman", "password": password})
    assert answer.json["error"] == "locked_out"


def test_an_address_that_tries_on_and_on_is_slowed_down(call: Call) -> None:
    answers = [call(LOGIN, {"username": f"guess{number}", "password": "x" * 12})
               for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_pairing_code_makes_one_kiosk(shelf: Shelf, call: Call) -> None:
    manager = signed_in(shelf, call, Shelf.manager)
    made = call("/api/v1/kiosks", {"name": "二号机", "venue_id": 1}, manager).json["data"]
    code = call(f"/api/v1/kiosks/{made['id']}/pairing", token=manager).json["data"]["pairing_code"]
    paired = call(PAIR, {"pairing_code": code}).json["data"]
    beat = call("/api/v1/kiosks/heartbeat", token=paired["token"]).json["data"]
    assert beat["kiosk"]["name"] == paired["kiosk"]["name"] == "二号机"
    assert call(PAIR, {"pairing_code": code}).json["error"] == "pairing_code_wrong"


def test_pairing_codes_cannot_be_guessed(shelf: Shelf, call: Call) -> None:
    answers = [call(PAIR, {"pairing_code": f"WRNG{number:04d}"}).status_code
               for number in range(31)]
    assert answers[-1] == 429 and 429 not in answers[:29]


def test_a_clerk_pairs_no_kiosk_and_a_kiosk_signs_nobody_in(shelf: Shelf, call: Call) -> None:
    clerk = signed_in(shelf, call, Shelf.clerk)
    assert call("/api/v1/kiosks/1/pairing", token=clerk).status_code == 403
    assert call("/api/v1/kiosks/heartbeat", token=clerk).status_code == 403
