"""A member takes his data along, and is forgotten when he says so; the books stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from core.store.tables import (
    Audit,
    ClassSession,
    Entitlement,
    Member,
    MemberCard,
    MemberIdentity,
    MiniKey,
    NoticeConsent,
    OutboxMessage,
    Redemption,
    Session,
    Voucher,
)
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.mini.phones import Phone
from tests.mini.test_notices import allow
from tests.mini.test_redeeming import ask

NewPhone = Callable[..., Phone]


def test_the_export_holds_everything_and_only_ones_own(phone: NewPhone, chain: Chain) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    lin.share_number(PHONE)
    wang.share_number(OTHER_PHONE)
    allow(lin)
    tonight = chain.class_tonight()
    for sku, choice in (("month_card", None), ("lessons", None), ("class", f"class:{tonight}")):
        asked = ask(lin, chain.buy("meituan", sku), chain.binjiang,
                    **({"choice": choice} if choice else {}))
        chain.services.redeem.confirm(asked["ref"], chain.clerk)
    mine = lin.get("me/export")
    assert (mine["phone"], mine["identities"][0]["external_id"]) == (PHONE, lin.openid)
    assert [len(mine[name]) for name in (
        "cards", "courses", "bookings", "redemptions", "notices", "sessions")] == [
        1, 1, 1, 3, 1, 1]
    theirs = wang.ask("GET", "me/export").text
    assert PHONE not in theirs and lin.openid not in theirs
    assert lin.token not in str(mine) and "session_key" not in str(mine)


def test_an_export_is_for_members(app: Flask, chain: Chain) -> None:
    assert Phone(app, chain).refused("GET", "me/export") == (401, "not_signed_in")
    with chain.store.connection():
        token = chain.services.sign_in.open_for_staff(chain.clerk.id, "api").token
    assert Phone(app, chain, token=token).refused("GET", "me/export")[0] == 403


def test_being_forgotten_leaves_the_books_and_nobody_in_them(
        phone: NewPhone, chain: Chain) -> None:
    lin, douyin = phone("wechat"), phone("douyin")
    lin.share_number(PHONE)
    douyin.share_number(OTHER_PHONE)
    douyin.share_number(PHONE)
    lin.ask("PUT", "me", {"name": "林知夏"})
    allow(lin)
    asked = ask(lin, chain.buy("meituan", phone=PHONE), chain.binjiang)
    chain.services.redeem.confirm(asked["ref"], chain.clerk)
    before = len(chain.rows(Audit))
    assert lin.refused("DELETE", "me/account") == (409, "still_holds")
    assert lin.ask("DELETE", "me/account?forfeit=true").status_code == 200
    for each in (lin, douyin):
        assert each.refused("GET", "me") == (401, "not_signed_in")
    for table in (MemberIdentity, MiniKey, NoticeConsent):
        assert not chain.rows(table), table
    assert not chain.rows(Session, Session.kind == "member")
    assert not chain.rows(OutboxMessage, OutboxMessage.channel == "wechat_mini")
    assert {(row.phone, row.name, row.phone_tail, row.status)
            for row in chain.rows(Member)} == {(None, "", "", 0)}
    (redemption,) = chain.rows(Redemption)
    (voucher,) = chain.rows(Voucher)
    assert (redemption.phone, redemption.name, redemption.state) == (None, "", "completed")
    assert (voucher.user_phone, voucher.user_name, voucher.status) == (None, None, 2)
    assert len(chain.rows(Entitlement)) == 1
    assert [card.status for card in chain.rows(MemberCard)] == ["cancelled"]
    assert [row.action for row in chain.rows(Audit)[before:]] == ["member.deleted"]
    assert chain.services.redeem.view(asked["ref"], chain.clerk).member.phone == ""


def test_whoever_comes_back_is_a_stranger(phone: NewPhone, chain: Chain) -> None:
    lin = phone("wechat", "o-lin")
    lin.share_number(PHONE)
    first = lin.get("me")["id"]
    lin.ask("DELETE", "me/account")
    again = phone("wechat", "o-lin")
    assert again.get("me")["id"] != first
    assert again.share_number(PHONE)["id"] == again.get("me")["id"]
    assert again.get("redemptions")["total"] == 0


def test_nobody_is_forgotten_in_the_middle_of_something(phone: NewPhone, chain: Chain) -> None:
    lin = phone("douyin")
    lin.share_number(PHONE)
    asked = ask(lin, chain.buy(), chain.binjiang)
    assert lin.refused("DELETE", "me/account?forfeit=true") == (409, "still_open")
    lin.post(f"redemptions/{asked['ref']}/withdraw")
    assert lin.ask("DELETE", "me/account").status_code == 200


def test_a_seat_to_come_is_free_again(phone: NewPhone, chain: Chain) -> None:
    lin = phone("wechat")
    lin.share_number(PHONE)
    tonight = chain.class_tonight()
    chain.redeem(chain.buy("meituan", "class"), choice=f"class:{tonight}")
    answer = lin.ask("DELETE", "me/account").get_json()
    assert (answer["error"], answer["facts"]["bookings"]) == ("still_holds", 1)
    lin.ask("DELETE", "me/account?forfeit=true")
    (session,) = chain.rows(ClassSession, ClassSession.id == tonight)
    assert session.taken == 0


def test_a_refund_after_the_holder_is_gone_harms_nothing(phone: NewPhone, chain: Chain) -> None:
    lin = phone("wechat")
    lin.share_number(PHONE)
    done = chain.redeem(chain.buy(), phone=PHONE)
    lin.ask("DELETE", "me/account?forfeit=true")
    undone = chain.services.redeem.undo(done.ref, chain.manager, "买错了")
    assert undone.state == "undone"
    chain.pass_time(timedelta(days=1))
    chain.services.upkeep.purge()
