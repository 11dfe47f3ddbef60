"""Tokens, envelopes and permissions of Douyin's life service (douyin.md sections 1, 2, 7)."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.sandbox.buyers import Buyer, DouyinClient


def test_a_client_token_lives_two_hours(buyer: Buyer, douyin: DouyinClient) -> None:
    answer = douyin.ask_token()
    assert answer["message"] == "success"
    assert answer["data"]["expires_in"] == 7200
    assert answer["data"]["access_token"].startswith("clt.")
    douyin.token = answer["data"]["access_token"]
    assert douyin.prepare(code="1")["data"]["error_code"] == 1212
    buyer.clock(7201)
    assert douyin.prepare(code="1")["data"]["error_code"] == 2190008


def test_a_new_token_leaves_the_old_one_five_minutes(
        buyer: Buyer, douyin: DouyinClient) -> None:
    old, new = douyin.token, douyin.new_token()
    douyin.token = old
    assert douyin.prepare(code="1")["data"]["error_code"] == 1212
    buyer.clock(301)
    assert douyin.prepare(code="1")["data"]["error_code"] == 2190008
    douyin.token = new
    assert douyin.prepare(code="1")["data"]["error_code"] == 1212


def test_only_the_latest_two_tokens_live(douyin: DouyinClient) -> None:
    first = douyin.token
    second, third = douyin.new_token(), douyin.new_token()
    answers = []
    for douyin.token in (first, second, third):
        answers.append(douyin.prepare(code="1")["data"]["error_code"])
    assert answers == [2190008, 1212, 1212]


def test_the_stable_endpoint_repeats_its_token(buyer: Buyer, douyin: DouyinClient) -> None:
    path = "/oauth/stable_client_token/"
    first = douyin.new_token(path)
    assert douyin.new_token(path) == first
    douyin.token = first
    assert douyin.prepare(code="1")["data"]["error_code"] == 1212
    buyer.clock(7201)
    assert douyin.new_token(path) != first


def test_wrong_credentials_have_their_codes(http: FlaskClient, douyin: DouyinClient) -> None:
    assert douyin.ask_token(client_key="aw-nobody")["data"] | {"log_id": ""} == {
        "captcha": "", "desc_url": "", "description": "配置无效", "error_code": 10003,
        "log_id": ""}
    assert douyin.ask_token(client_secret="wrong")["data"]["error_code"] == 10013
    assert douyin.ask_token(grant_type="password")["data"]["error_code"] == 10002
    form = http.post("/oauth/client_token/", data={"client_key": "a"}).get_json()
    assert (form["data"]["error_code"], form["message"]) == (10002, "error")


def test_more_than_500_tokens_in_five_minutes_are_refused(
        buyer: Buyer, douyin: DouyinClient) -> None:
    for _ in range(499):
        assert douyin.ask_token()["data"]["error_code"] == 0
    assert douyin.ask_token()["data"]["error_code"] == 10020
    buyer.clock(301)
    assert douyin.ask_token()["data"]["error_code"] == 0


def test_without_a_token_nothing_is_told(http: FlaskClient, douyin: DouyinClient) -> None:
    answer = http.get(f"{douyin.PREFIX}/prepare/", query_string={"code": "1"})
    body = answer.get_json()
    assert answer.status_code == 200
    assert body["data"]["error_code"] == body["extra"]["error_code"] == 2190002
    assert re.fullmatch(r"\d{14}[0-9A-F]{20}", body["extra"]["logid"])
    in_query = http.get(f"{douyin.PREFIX}/prepare/",
                        query_string={"code": "1", "access_token": douyin.token})
    assert in_query.get_json()["data"]["error_code"] == 2190002


def test_another_merchant_has_not_authorised_the_app(
        http: FlaskClient, douyin: DouyinClient) -> None:
    assert douyin.prepare(code="1", account_id="7000000000000000000")["data"][
        "error_code"] == 2119005
    header = http.get(f"{douyin.PREFIX}/prepare/", headers={
        "access-token": douyin.token, "Rpc-Transit-Life-Account": "7"})
    assert header.get_json()["data"]["error_code"] == 2119005


def test_a_body_that_is_no_json_is_200002(http: FlaskClient, douyin: DouyinClient) -> None:
    for body in (b"", b"[1]", b"{", b"a=1"):
        answer = http.post(f"{douyin.PREFIX}/verify/", data=body,
                           headers={"access-token": douyin.token}).get_json()
        assert answer["extra"]["error_code"] == 200002


def test_a_missing_slash_is_forgiven(http: FlaskClient, douyin: DouyinClient) -> None:
    answer = http.get(f"{douyin.PREFIX}/prepare", query_string={"code": "1"},
                      headers={"access-token": douyin.token})
    assert answer.get_json()["data"]["error_code"] == 1212
