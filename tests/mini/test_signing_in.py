"""A platform's login code becomes a session of our own; nobody else's code, key or token does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Flask

from core.store.tables import Audit, Member, MemberIdentity, MiniKey, Session
from tests.builders import Chain
from tests.mini.phones import Phone
from tests.services.racing import together

NewPhone = Callable[..., Phone]


def test_a_newcomer_becomes_a_member_and_is_known_the_next_time(
        app: Flask, chain: Chain, platform: str) -> None:
    phone = Phone(app, chain, platform)
    first = phone.post(f"{platform}/login", {"code": phone.codes()["code"]})
    assert first["fresh"] and not first["phone_verified"]
    again = phone.post(f"{platform}/login", {"code": phone.codes()["code"]})
    assert not again["fresh"] and again["member_id"] == first["member_id"]
    assert again["token"] != first["token"]
    phone.token = again["token"]
    me = phone.get("me")
    assert (me["id"], me["phone"], me["platforms"]) == (first["member_id"], None,
                                                        [f"{platform}_mini"])


def test_a_code_serves_once_and_for_its_own_platform(phone: NewPhone, app: Flask, chain: Chain,
                                                     platform: str) -> None:
    other = {"wechat": "douyin", "douyin": "wechat"}[platform]
    minted = Phone(app, chain, platform)
    code = minted.codes()["code"]
    assert minted.refused("POST", f"{other}/login", {"code": code}) == (401, "login_code_wrong")
    minted.post(f"{platform}/login", {"code": code})
    assert minted.refused("POST", f"{platform}/login",
                          {"code": code}) == (401, "login_code_wrong")
    assert minted.refused("POST", f"{platform}/login",
                          {"code": "made-up"}) == (401, "login_code_wrong")
    assert minted.refused("POST", "alipay/login", {"code": "x"})[0] == 404
    assert minted.refused("POST", f"{platform}/login", {})[0] == 422
    late = minted.codes(expires_in=10)["code"]
    chain.pass_time(timedelta(seconds=11))
    assert minted.refused("POST", f"{platform}/login",
                          {"code": late}) == (401, "login_code_wrong")


def test_two_first_logins_at_once_make_one_member(app: Flask, chain: Chain) -> None:
    phone = Phone(app, chain, "wechat", "o-twice")
    codes = [phone.codes()["code"] for _ in range(4)]
    answers = together(*(partial(phone.post, "wechat/login", {"code": code})
                         for code in codes))
    assert len({answer["member_id"] for answer in answers}) == 1
    assert len(chain.rows(MemberIdentity, MemberIdentity.external_id == "o-twice")) == 1
    assert len(chain.rows(Member)) == 1


def test_tokens_and_session_keys_are_nowhere_to_be_read(phone: NewPhone, chain: Chain,
                                                        app: Flask) -> None:
    lin = Phone(app, chain, "wechat", "o-lin")
    answer = lin.ask("POST", "wechat/login", {"code": lin.codes()["code"]})
    lin.token = answer.get_json()["data"]["token"]
    (key,) = chain.rows(MiniKey)
    with chain.store.connection():
        stored = " ".join(str(row) for table in ("sessions", "mini_keys", "audit")
                          for row in chain.store.database.execute_sql(
                              f"SELECT * FROM {table}").fetchall())
    assert lin.token not in stored and key.session_key not in stored
    for said in (answer.text, lin.ask("GET", "me").text, lin.ask("GET", "me/sessions").text):
        assert key.session_key not in said and "session_key" not in said
    assert "o-lin" not in stored


def test_a_session_ends_by_time_by_logout_and_from_another_phone(
        phone: NewPhone, chain: Chain) -> None:
    lin, tablet = phone("wechat", "o-lin"), phone("wechat", "o-lin")
    assert lin.get("me")["id"] == tablet.get("me")["id"]
    listed = {one["current"]: one["id"] for one in lin.get("me/sessions")}
    assert lin.ask("DELETE", f"me/sessions/{listed[False]}").status_code == 200
    assert tablet.refused("GET", "me") == (401, "not_signed_in")
    assert len(lin.get("me/sessions")) == 1
    lin.post("/api/v1/auth/logout")
    assert lin.refused("GET", "cards") == (401, "not_signed_in")
    late = phone("wechat", "o-lin")
    chain.pass_time(timedelta(days=30, minutes=1))
    assert late.refused("GET", "me") == (401, "not_signed_in")


def test_nobody_ends_somebody_elses_session(phone: NewPhone, chain: Chain) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    (session,) = wang.get("me/sessions")
    assert lin.refused("DELETE", f"me/sessions/{session['id']}") == (404, "not_found")
    assert wang.get("me")["platforms"] == ["douyin_mini"]


def test_a_made_up_token_opens_nothing(app: Flask, chain: Chain) -> None:
    stranger = Phone(app, chain)
    for path in ("me", "me/sessions", "cards", "courses", "bookings"):
        assert stranger.refused("GET", path) == (401, "not_signed_in")
    stranger.token = "x" * 43
    assert stranger.refused("GET", "me") == (401, "not_signed_in")


def test_staff_and_kiosks_are_not_members(app: Flask, chain: Chain) -> None:
    with chain.store.connection():
        sign_in = chain.services.sign_in
        tokens = (sign_in.open_for_staff(chain.clerk.id, "api").token,
                  sign_in.open_for_kiosk(chain.kiosk.id).token)
    for token in tokens:
        someone = Phone(app, chain, token=token)
        for path in ("me", "cards", "courses", "bookings"):
            assert someone.refused("GET", path) == (403, "not_allowed")


def test_a_platform_that_is_down_says_when_to_try_again(app: Flask, chain: Chain,
                                                        platform: str) -> None:
    phone = Phone(app, chain, platform)
    paths = {"wechat": "/sns/jscode2session", "douyin": "/api/apps/v2/jscode2session"}
    for mode in ("timeout_before", "http_500", "garbage"):
        code = phone.codes()["code"]
        chain.control("faults", {"platform": f"{platform}_mini", "endpoint": paths[platform],
                                 "mode": mode})
        assert phone.refused("POST", f"{platform}/login", {"code": code})[0] == 503, mode
        chain.behave()
    assert not chain.rows(Member) and not chain.rows(Session, Session.kind == "member")
    assert phone.sign_in().get("me")["id"]


def test_guessing_login_codes_is_slowed_down(app: Flask, chain: Chain) -> None:
    guesser = Phone(app, chain)
    answers = [guesser.refused("POST", "wechat/login", {"code": f"guess-{number}"})
               for number in range(40)]
    assert answers[0] == (401, "login_code_wrong")
    assert answers[-1] == (429, "too_many_requests")


def test_joining_is_in_the_audit(phone: NewPhone, chain: Chain) -> None:
    lin = phone("douyin")
    (row,) = chain.rows(Audit, Audit.action == "member.joined")
    assert (row.subject_id, row.actor_kind, row.door) == (lin.get("me")["id"], "member", "mini")
