"""A face is taken over with the kiosk's one-time code, by one member only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from tests.builders import OTHER_PHONE, PHONE, Chain
from tests.mini.phones import Phone
from tests.services.racing import together

NewPhone = Callable[..., Phone]


@pytest.fixture
def kiosk(app: Flask, chain: Chain) -> Phone:
    """The kiosk that sees faces."""
    with chain.store.connection():
        token = chain.services.sign_in.open_for_kiosk(chain.kiosk.id).token
    return Phone(app, chain, token=token)


def code_for(kiosk: Phone, face: str) -> str:
    return str(kiosk.post("faces/codes", {"face_id": face})["code"])


def test_the_kiosks_code_hands_the_face_over_once(phone: NewPhone, kiosk: Phone) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    code = code_for(kiosk, "face-lin")
    (face,) = lin.post("faces", {"code": code.lower()})
    assert face["face_id"] == "face-lin" and lin.get("me")["faces"] == 1
    assert wang.refused("POST", "faces", {"code": code}) == (404, "face_code_wrong")
    assert lin.post("faces", {"code": code}) == [face], "a lost answer, asked again"
    assert lin.post("faces", {"code": code_for(kiosk, "face-lin")}) == [face]


def test_somebody_elses_face_stays_his(phone: NewPhone, kiosk: Phone) -> None:
    lin, wang = phone("wechat"), phone("douyin")
    lin.post("faces", {"code": code_for(kiosk, "face-lin")})
    assert wang.refused("POST", "faces",
                        {"code": code_for(kiosk, "face-lin")}) == (409, "face_taken")
    assert wang.get("faces") == []


def test_a_code_ends_after_ten_minutes_and_nobody_makes_one_up(
        phone: NewPhone, kiosk: Phone, chain: Chain) -> None:
    lin, code = phone("wechat"), code_for(kiosk, "face-lin")
    assert lin.refused("POST", "faces", {"code": "F23456789ABC"}) == (404, "face_code_wrong")
    assert lin.refused("POST", "faces/codes", {"face_id": "face-lin"}) == (403, "not_allowed")
    assert kiosk.refused("POST", "faces/codes", {"face_id": "@1"}) == (422, "bad_face")
    chain.pass_time(timedelta(minutes=10, seconds=1))
    assert lin.refused("POST", "faces", {"code": code}) == (404, "face_code_wrong")


def test_two_phones_and_one_code_at_once(phone: NewPhone, kiosk: Phone) -> None:
    phones = [phone("wechat") for _ in range(3)]
    code = code_for(kiosk, "face-lin")
    answers = together(*(partial(each.ask, "POST", "faces", {"code": code}) for each in phones))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    assert sum(each.get("me")["faces"] for each in phones) == 1


def test_faces_come_along_in_a_merge_and_can_be_forgotten(
        phone: NewPhone, kiosk: Phone) -> None:
    lin, douyin = phone("wechat"), phone("douyin")
    lin.share_number(PHONE)
    douyin.share_number(OTHER_PHONE)
    douyin.post("faces", {"code": code_for(kiosk, "face-lin")})
    douyin.share_number(PHONE)
    (face,) = lin.get("faces")
    assert lin.get("me")["faces"] == 1
    assert lin.ask("DELETE", f"faces/{face['id']}").status_code == 200
    assert lin.refused("DELETE", f"faces/{face['id']}") == (404, "not_found")
    assert douyin.get("faces") == []
