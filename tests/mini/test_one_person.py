"""One person is one member: by a phone number that a platform has verified, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from peewee import ForeignKeyField

from core.store.merging import OWNED
from core.store.tables import ALL_TABLES, Audit, Member, MemberCard
from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.mini.phones import Phone
from tests.services.racing import together

NewPhone = Callable[..., Phone]


def test_both_ways_of_sharing_a_number(phone: NewPhone, platform: str) -> None:
    new, old = phone(platform), phone(platform)
    shared = new.share_number(PHONE)
    assert (shared["phone"], shared["phone_verified"]) == ("138****8000", True)
    sealed = old.post("phone", old.sealed_number(OTHER_PHONE))
    assert sealed["phone"] == "139****9000" and sealed["id"] != shared["id"]


def test_the_same_verified_number_on_both_platforms_is_one_member_with_cards_together(
        phone: NewPhone, chain: Chain) -> None:
    wechat, douyin = phone("wechat"), phone("douyin")
    kiosk_card = chain.card(PHONE)
    wechat.share_number(PHONE)
    bought = chain.redeem(chain.buy("douyin", "lessons"), phone=PHONE)
    assert douyin.get("cards")["items"] == []
    me = douyin.share_number(PHONE)
    assert me["id"] == wechat.get("me")["id"]
    assert set(me["platforms"]) == {"wechat_mini", "douyin_mini"}
    for each in (wechat, douyin):
        assert [card["id"] for card in each.get("cards")["items"]] == [kiosk_card]
        assert [course["id"] for course in each.get("courses")["items"]] == [
            bought.result.result_id]


def test_what_was_got_before_the_number_was_shared_comes_along(
        phone: NewPhone, chain: Chain) -> None:
    wechat, douyin = phone("wechat"), phone("douyin")
    wechat.share_number(PHONE)
    with chain.store.connection():
        chain.store.transact("test.card", lambda: MemberCard.create(
            member=douyin.get("me")["id"], product=chain.products["month_card"],
            venue=chain.binjiang, starts_on=chain.today, ends_on=chain.today,
            created_at=chain.clock.now()))
    (card,) = douyin.get("cards")["items"]
    douyin.share_number(PHONE)
    assert wechat.get("cards")["items"] == [card]
    audited = [row.facts for row in chain.rows(Audit, Audit.action == "member.merged")]
    assert {tuple(facts) for facts in audited} == {("merged",), ("into",)}


def test_a_number_that_somebody_typed_leads_nowhere(phone: NewPhone, chain: Chain) -> None:
    chain.card(PHONE)
    stranger = phone("wechat")
    seen = stranger.ask("POST", "/api/v1/redemptions/inspect",
                        {"code": "1234567890", "phone": PHONE})
    assert seen.status_code >= 400
    assert stranger.refused("POST", "phone", {"phone": PHONE})[0] == 422
    assert stranger.ask("PUT", "me", {"name": "林知夏", "phone": PHONE}).status_code == 200
    assert stranger.get("me")["phone"] is None and stranger.get("cards")["items"] == []


def test_a_number_for_another_app_or_another_key_is_refused(
        phone: NewPhone, platform: str, chain: Chain) -> None:
    other = {"wechat": "douyin", "douyin": "wechat"}[platform]
    mine, theirs = phone(platform), phone(other)
    assert mine.refused("POST", "phone",
                        theirs.sealed_number(PHONE)) == (422, "phone_unreadable")
    sealed = mine.sealed_number(PHONE)
    mine.sign_in()
    assert mine.refused("POST", "phone", sealed) == (422, "phone_unreadable"), "an old key"
    assert mine.get("me")["phone"] is None


@pytest.mark.parametrize("change", [
    {"encrypted_data": "AAAA"}, {"encrypted_data": "not base64!"}, {"iv": "AAAA"},
    {"iv": ""}, {"encrypted_data": "A" * 4096}, {"encrypted_data": "券" * 100}], ids=str)
def test_rubbish_in_place_of_a_number(phone: NewPhone, change: dict[str, str]) -> None:
    lin = phone("wechat")
    sealed = lin.sealed_number(PHONE)
    body = {"encrypted_data": sealed["encryptedData"], "iv": sealed["iv"], **change}
    assert lin.refused("POST", "phone", body)[0] == 422
    assert lin.get("me")["phone"] is None


def test_a_platform_that_is_down_shares_no_number(
        phone: NewPhone, chain: Chain, platform: str) -> None:
    lin = phone(platform)
    code = lin.codes("13800138000")["phone_code"]
    path = {"wechat": "/wxa/business/getuserphonenumber",
            "douyin": "/api/apps/v1/get_phonenumber_info/"}[platform]
    for mode in ("timeout_before", "http_500", "garbage"):
        chain.control("faults", {"platform": f"{platform}_mini", "endpoint": path, "mode": mode})
        assert lin.refused("POST", "phone", {"code": code})[0] == 503, mode
        chain.behave()
    assert lin.get("me")["phone"] is None
    assert lin.share_number("13800138000")["phone_verified"]


def test_a_stolen_session_ends_where_its_owner_says_so(phone: NewPhone, chain: Chain,
                                                       app: Flask, platform: str) -> None:
    """Whoever has the token is the member, until he signs that phone out from another."""
    lin = phone(platform, "o-lin")
    lost = phone(platform, "o-lin")
    thief = Phone(app, chain, platform, "o-thief", token=lost.token)
    assert thief.get("me")["id"] == lin.get("me")["id"]
    stolen = next(one["id"] for one in lin.get("me/sessions") if not one["current"])
    lin.ask("DELETE", f"me/sessions/{stolen}")
    for path in ("me", "cards", "me/export", "pass"):
        assert thief.refused("GET", path) == (401, "not_signed_in")
    sealed = lin.sealed_number("13911112222")
    assert thief.refused("POST", "phone", sealed) == (401, "not_signed_in")
    assert lin.get("me")["phone"] is None


def test_a_button_code_serves_once_and_only_whom_it_was_given_to(
        phone: NewPhone, chain: Chain) -> None:
    lin, thief = phone("wechat"), phone("wechat")
    stolen = lin.codes(PHONE)["phone_code"]
    assert thief.refused("POST", "phone", {"code": stolen}) == (422, "phone_code_wrong")
    code = lin.codes(PHONE)["phone_code"]
    lin.post("phone", {"code": code})
    assert lin.refused("POST", "phone", {"code": code}) == (422, "phone_code_wrong")
    assert thief.get("me")["phone"] is None


def test_a_new_number_takes_the_place_of_the_old(phone: NewPhone, chain: Chain) -> None:
    lin = phone("wechat")
    lin.share_number(PHONE)
    assert lin.share_number(OTHER_PHONE)["phone"] == "139****9000"
    assert len(chain.rows(Member, Member.phone == OTHER_PHONE)) == 1
    assert not chain.rows(Member, Member.phone == PHONE)


def test_somebody_with_two_numbers_is_found_by_both(phone: NewPhone, chain: Chain) -> None:
    card = chain.card(OTHER_PHONE)
    lin = phone("wechat")
    lin.share_number(PHONE)
    lin.share_number(OTHER_PHONE)
    chain.redeem(chain.buy("meituan", "lessons"), phone=PHONE)
    assert [one["id"] for one in lin.get("cards")["items"]] == [card]
    assert len(lin.get("courses")["items"]) == 1


def test_two_phones_share_one_number_at_the_same_moment(
        phone: NewPhone, chain: Chain) -> None:
    phones = [phone("wechat"), phone("douyin"), phone("wechat")]
    codes = [each.codes(PHONE)["phone_code"] for each in phones]
    answers = together(*(partial(each.post, "phone", {"code": code})
                         for each, code in zip(phones, codes, strict=True)))
    assert len({answer["id"] for answer in answers}) == 1, answers
    assert len(chain.rows(Member, Member.merged_into.is_null())) == 1
    assert len({each.get("me")["id"] for each in phones}) == 1


def test_two_members_take_each_others_numbers_at_once(
        app: Flask, phone: NewPhone, chain: Chain) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    lin.share_number(PHONE)
    wang.share_number(OTHER_PHONE)
    codes = lin.codes(OTHER_PHONE)["phone_code"], wang.codes(PHONE)["phone_code"]
    together(partial(lin.post, "phone", {"code": codes[0]}),
             partial(wang.post, "phone", {"code": codes[1]}))
    assert lin.get("me")["id"] == wang.get("me")["id"]
    for row in chain.rows(Member, Member.merged_into.is_null(False)):
        assert row.merged_into_id != row.id


def test_no_table_is_forgotten_in_a_merge() -> None:
    owned = {(table, column.name) for table, column in OWNED}
    for table in ALL_TABLES:
        for column in table._meta.sorted_fields:
            if isinstance(column, ForeignKeyField) and column.rel_model is Member:
                assert (table, column.name) in owned, (table, column.name)
