"""Members are told as often as they allowed, once each; a refusal is never tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from core.services.member_news import MEMBER_NOTICE
from core.services.members.notices import fields
from core.store.tables import OutboxMessage, Task
from tests.builders import PHONE, Chain
from tests.mini.phones import Phone
from tests.mini.test_redeeming import ask

NewPhone = Callable[..., Phone]
SEND = {"wechat": "/cgi-bin/message/subscribe/send",
        "douyin": "/api/notification/v2/subscription/notify_user/"}


def allow(phone: Phone, times: int = 1, *, platform_too: bool = True) -> int:
    """Tap "allow" so often: the platform counts, and we do. Returns what we count."""
    (template,) = [one["template_id"] for one in phone.get("subscriptions")]
    counted = 0
    for _ in range(times):
        if platform_too:
            phone.chain.control("subscriptions", {"platform": phone.kind,
                                                  "openid": phone.openid})
        counted = phone.post("subscriptions", {"accepted": [template]})[0]["left"]
    return counted


def left(phone: Phone) -> int:
    return int(phone.get("subscriptions")[0]["left"])


def heard(phone: Phone) -> list[dict[str, Any]]:
    """What the platform has shown this person."""
    answer = requests.get(f"{phone.chain.sandbox_url}/_sandbox/pushes", timeout=10, params={
        "platform": phone.kind, "receiver": phone.openid})
    return [push["body"] for push in answer.json()["pushes"]]


def text(body: dict[str, Any]) -> str:
    return str(body["data"])


def sends(chain: Chain) -> int:
    """How many messages the platforms were asked to send."""
    answer = requests.get(f"{chain.sandbox_url}/_sandbox/requests", timeout=10)
    return sum(one["path"].rstrip("/") in {path.rstrip("/") for path in SEND.values()}
               for one in answer.json()["requests"])


def notices(chain: Chain) -> list[OutboxMessage]:
    return chain.rows(OutboxMessage, OutboxMessage.kind == MEMBER_NOTICE)


@pytest.fixture
def member(phone: NewPhone, platform: str) -> Phone:
    found = phone(platform)
    found.share_number(PHONE)
    return found


def test_a_completed_redemption_is_told_once(member: Phone, chain: Chain) -> None:
    assert allow(member, 2) == 2
    asked = ask(member, chain.buy(), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    for _ in range(3):
        chain.services.notify.deliver()
    (message,) = heard(member)
    assert "核销成功" in text(message) and "月卡" in text(message)
    assert message["page"] == f"pages/redemption/index?ref={asked['ref']}"
    assert left(member) == 1


def test_a_rejected_one_is_told_and_a_withdrawn_one_is_not(member: Phone, chain: Chain) -> None:
    allow(member, 2)
    first = ask(member, chain.buy(), chain.binjiang)
    chain.services.redeem.reject(first["ref"], chain.clerk, "照片不清楚")
    second = ask(member, chain.buy(), chain.binjiang)
    member.post(f"redemptions/{second['ref']}/withdraw")
    chain.services.notify.deliver()
    (message,) = heard(member)
    assert "店员没同意，券没动" in text(message)


def test_what_waited_in_vain_and_what_the_platform_refused_are_told(
        member: Phone, chain: Chain) -> None:
    allow(member, 2)
    ask(member, chain.buy(), chain.binjiang)
    chain.pass_time(timedelta(minutes=11))
    chain.services.settle.expire_waiting()
    bought = chain.buy()
    asked = ask(member, bought, chain.binjiang)
    chain.control("refunds", {"certificate_id": bought.certificate_id})
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    chain.services.notify.deliver()
    assert ["没人确认" in text(heard(member)[0]), "没让核销" in text(heard(member)[1])] \
        == [True, True]


def test_a_class_that_nears_is_told_once_and_not_to_whoever_booked_just_now(
        member: Phone, chain: Chain) -> None:
    allow(member, 3)
    far, near = chain.class_tonight(), chain.class_tonight(starts_in=timedelta(hours=1))
    for session in (far, near):
        chain.redeem(chain.buy("meituan", "class"), choice=f"class:{session}")
    assert chain.services.members.notices.remind() == 0
    chain.pass_time(timedelta(hours=1, minutes=1))
    assert chain.services.members.notices.remind() == 1
    chain.services.members.notices.remind()
    chain.services.notify.deliver()
    (message,) = heard(member)
    assert "快上课了，滨江店见" in text(message) and "燃脂单车" in text(message)


def test_a_seat_given_back_is_not_reminded_of(member: Phone, chain: Chain) -> None:
    allow(member)
    session = chain.class_tonight(starts_in=timedelta(hours=4))
    chain.redeem(chain.buy("meituan", "class"), choice=f"class:{session}")
    member.ask("DELETE", f"bookings/{member.get('bookings')['items'][0]['id']}")
    chain.pass_time(timedelta(hours=2, minutes=1))
    assert chain.services.members.notices.remind() == 0


def test_without_consent_nothing_is_even_asked_of_the_platform(
        member: Phone, chain: Chain) -> None:
    before = sends(chain)
    asked = ask(member, chain.buy(), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    chain.services.notify.deliver()
    assert (notices(chain), sends(chain)) == ([], before)


def test_a_consent_that_the_platform_does_not_know_is_gone_and_never_tried_again(
        member: Phone, chain: Chain) -> None:
    assert allow(member, 3, platform_too=False) == 3
    before = sends(chain)
    asked = ask(member, chain.buy(), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    chain.services.notify.deliver()
    chain.pass_time(timedelta(hours=1))
    chain.services.notify.deliver()
    assert (left(member), sends(chain) - before, heard(member)) == (0, 1, [])
    (row,) = notices(chain)
    assert (row.state, row.error) == ("overtaken", "consent_used_up")
    assert not chain.rows(Task, Task.kind == "notice_failed")


def test_a_platform_that_is_down_gets_the_message_later(member: Phone, chain: Chain) -> None:
    allow(member)
    asked = ask(member, chain.buy(), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    chain.control("faults", {"platform": member.kind, "endpoint": "*", "mode": "http_500"})
    chain.services.notify.deliver()
    (row,) = notices(chain)
    assert (row.state, heard(member)) == ("pending", [])
    chain.behave()
    chain.pass_time(timedelta(seconds=30))
    chain.services.notify.deliver()
    assert (len(heard(member)), left(member)) == (1, 0)


def test_a_message_that_is_late_beyond_use_is_dropped(member: Phone, chain: Chain) -> None:
    allow(member)
    session = chain.class_tonight(starts_in=timedelta(hours=3))
    chain.redeem(chain.buy("meituan", "class"), choice=f"class:{session}")
    chain.pass_time(timedelta(hours=1, minutes=30))
    assert chain.services.members.notices.remind() == 1
    chain.pass_time(timedelta(hours=2))
    chain.services.notify.deliver()
    assert (heard(member), left(member)) == ([], 1)


def test_a_tap_sent_twice_counts_once(member: Phone) -> None:
    (template,) = [one["template_id"] for one in member.get("subscriptions")]
    for _ in range(3):
        counted = member.post("subscriptions", {"accepted": [template]}, key="tap-7")
    assert counted == [{"template_id": template, "left": 1}]
    assert member.refused("POST", "subscriptions",
                          {"accepted": ["made-up"]}) == (422, "unknown_template")
    assert member.refused("POST", "subscriptions", {"accepted": []})[0] == 422


def test_who_has_both_apps_is_told_where_he_allowed_it_last(
        phone: NewPhone, chain: Chain) -> None:
    wechat, douyin = phone("wechat"), phone("douyin")
    for each in (wechat, douyin):
        each.share_number(PHONE)
    allow(wechat)
    chain.clock.shift += timedelta(seconds=5)
    allow(douyin)
    asked = ask(wechat, chain.buy(), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    chain.services.notify.deliver()
    assert (len(heard(wechat)), len(heard(douyin))) == (0, 1)


def test_fields_keep_to_the_platforms_limits() -> None:
    made = fields({"what": "completed", "title": "超" * 30 + "\n长", "venue": "滨江店",
                   "at": "2026-11-24T06:30:00+00:00"})
    assert made == {"thing1": "超" * 19 + "…", "time2": "2026-11-24 14:30",
                    "thing3": "核销成功，打开看看到账了什么"}
