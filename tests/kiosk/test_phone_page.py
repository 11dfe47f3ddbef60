"""The page behind the QR code: every state in plain words, masked, and one button at most."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.errors import Conflict, NotFound
from core.money import Money
from core.services.actor import Actor
from core.services.inspection import PersonRef, VenueRef
from core.services.redemption_view import (
    Failure,
    GivenChoice,
    Granted,
    RedemptionView,
    UndoHint,
)
from core.vouchers.redemption import ResultType, State, VoucherStatus
from kiosk.self_service import views
from kiosk.self_service.words import words_in

AT = datetime(2026, 11, 21, 6, 32, 5, tzinfo=UTC)
REF = "R7KM2C9XPQ4TABCDE"
RENEWED = Granted(ResultType.CARD_RENEWED, 7, "健身月卡", "card", before=date(2026, 11, 24),
                  after=date(2026, 12, 24), days=30)


def a_redemption(state: State, **other: object) -> RedemptionView:
    choice = GivenChoice("renew:12", ResultType.CARD_RENEWED, 1, "健身月卡", "card", days=30,
                         before=date(2026, 11, 24), after=date(2026, 12, 24))
    view = RedemptionView(
        ref=REF, ticket="H 0372", state=state, settled=state in (State.COMPLETED, State.REFUSED),
        platform="meituan", platform_name="美团", product_name="健身月卡 30 天", voucher_id=3,
        voucher_type=1, code_masked="0421****30", code_tail="7730",
        voucher_status=VoucherStatus.REDEEMING, venue=VenueRef(1, "滨江店"),
        member=PersonRef(9, "林**", "138****0421"), uses=1, uses_left=1, choice=choice,
        paid_price=Money(199_00), door="kiosk", created_at=AT, moved_at=AT, expires_at=None,
        completed_at=None, waiting_seconds=42, attempts=0, next_try_at=None, confirmed_by=None,
        staff_told=("林小满",), result=RENEWED if state is State.COMPLETED else None, error=None,
        reason=None, undo=UndoHint(False, None))
    return replace(view, **other)  # type: ignore[arg-type]  # names of the view's fields


class OneRedemption:
    """The main flow's front, over a single redemption."""

    def __init__(self) -> None:
        self.now = a_redemption(State.AWAITING_STAFF)
        self.withdrawn_by: list[Actor] = []

    def version(self, ref: str, actor: Actor) -> str:
        if ref != REF:
            raise NotFound("redemption_not_found")
        return self.now.state.value

    def view(self, ref: str, actor: Actor) -> RedemptionView:
        return self.now

    def withdraw(self, ref: str, actor: Actor) -> RedemptionView:
        if self.now.state is not State.AWAITING_STAFF:
            raise Conflict("already_decided")
        self.withdrawn_by.append(actor)
        self.now = replace(self.now, state=State.WITHDRAWN)
        return self.now


@pytest.fixture
def redeem() -> OneRedemption:
    return OneRedemption()


@pytest.fixture
def phone(redeem: OneRedemption) -> FlaskClient:
    app = Flask(__name__)
    views.register(app, SimpleNamespace(  # type: ignore[arg-type]  # the page asks for no more
        redeem=redeem, settings=SimpleNamespace(public_url="https://shop.example")))
    return app.test_client()


def read(phone: FlaskClient, language: str = "zh") -> str:
    page = phone.get(f"/m/r/{REF}?lang={language}").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main"):]))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page(phone: FlaskClient, redeem: OneRedemption, state: State,
                                language: str) -> None:
    redeem.now = a_redemption(state)
    response = phone.get(f"/m/r/{REF}?lang={language}")
    assert response.status_code == 200
    assert "H 0372" in response.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", response.text)
    assert not re.search(r"\{\w+\}", read(phone, language)), "every fact is filled in"


@pytest.mark.parametrize("state", sorted(set(State) - {State.COMPLETED}))
def test_success_is_said_of_completed_alone(phone: FlaskClient, redeem: OneRedemption,
                                            state: State) -> None:
    redeem.now = a_redemption(state)
    page = phone.get(f"/m/r/{REF}").text
    assert "data-torn" not in page and "hx-stamp" not in page
    assert words_in("zh")("success.band") not in read(phone)


def test_the_result_is_one_huge_date(phone: FlaskClient, redeem: OneRedemption) -> None:
    redeem.now = a_redemption(State.COMPLETED)
    said = read(phone)
    assert "有效期到 2026 年 12-24 周四。原来到 11-24，这次多了 30 天" in said
    redeem.now = replace(redeem.now, result=Granted(
        ResultType.CLASS_BOOKED, 8, "团课", "class", session_title="流瑜伽",
        starts_at=datetime(2026, 11, 22, 10, 30, tzinfo=UTC)))
    assert "11-22，周日 18:30 流瑜伽" in read(phone), "at the shop's hour"
    redeem.now = replace(redeem.now, result=Granted(
        ResultType.COURSE_BOUGHT, 9, "私教课", "lessons", uses=10))
    assert "10 次课，到账了" in read(phone)


def test_a_refusal_says_why_and_never_that_a_used_voucher_is_unused(
        phone: FlaskClient, redeem: OneRedemption) -> None:
    redeem.now = a_redemption(State.REFUSED, error=Failure("already_redeemed", {}))
    said = read(phone)
    assert "这张券用过了" in said and words_in("zh")("band.untouched") not in said
    redeem.now = a_redemption(State.REFUSED, error=Failure("wrong_venue", {}))
    assert "这张券滨江店用不了" in read(phone)
    redeem.now = a_redemption(State.REJECTED, reason="要本人来")
    assert "店员没同意：要本人来" in read(phone)


def test_nothing_changed_is_said_in_few_bytes(phone: FlaskClient, redeem: OneRedemption) -> None:
    first = phone.get(f"/m/r/{REF}")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = phone.get(f"/m/r/{REF}", headers=tag)
    assert again.status_code == 304 and again.data == b""
    english = phone.get(f"/m/r/{REF}?lang=en", headers=tag)
    assert english.status_code == 200, "another language is another page"
    redeem.now = a_redemption(State.COMPLETED)
    assert phone.get(f"/m/r/{REF}", headers=tag).status_code == 200


def test_whoever_holds_the_code_may_take_it_back_while_it_waits(
        phone: FlaskClient, redeem: OneRedemption) -> None:
    assert f'action="/m/r/{REF}/withdraw"' in phone.get(f"/m/r/{REF}").text
    back = phone.post(f"/m/r/{REF}/withdraw")
    assert (back.status_code, back.location) == (303, f"/m/r/{REF}")
    [actor] = redeem.withdrawn_by
    assert (actor.kind, actor.door) == ("holder", "phone")
    assert "撤回了" in read(phone) and "withdraw" not in phone.get(f"/m/r/{REF}").text


def test_too_late_to_take_back_shows_how_far_it_is(phone: FlaskClient,
                                                   redeem: OneRedemption) -> None:
    redeem.now = a_redemption(State.VERIFYING)
    assert phone.post(f"/m/r/{REF}/withdraw").status_code == 303
    assert redeem.withdrawn_by == []
    assert "确认了，正在核销" in read(phone)


def test_a_wrong_reference_finds_nothing(phone: FlaskClient) -> None:
    response = phone.get("/m/r/RNOSUCHREFERENCE")
    assert response.status_code == 404 and "没有找到这一单" in response.text
