"""The sealed envelope of chat callbacks opens for us alone, and rubbish is refused politely."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy import WeChatClient
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_wxa_signature

from bot import envelope
from bot.envelope import BadCallback, Seal, field, read_xml, text_reply
from tests.bot.vectors import kinds, names, vector

TOKEN, KEY, CORP = "wecomToken1", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI", "wwtest0123456789"
NOW = datetime(2026, 11, 21, 6, 33, tzinfo=UTC)


def seal_of(given: dict[str, str]) -> Seal:
    return Seal(given["token"], given["encoding_aes_key"], given["receive_id"])


@pytest.mark.parametrize("name", names("encrypt"))
def test_published_vectors_open(name: str) -> None:
    given = vector(name)
    text = seal_of(given).open(given["encrypt"], given["msg_signature"], given["timestamp"],
                               given["nonce"])
    assert text == given["plaintext"]


@pytest.mark.parametrize("name", names("encrypt"))
def test_published_vectors_close_to_the_same_cipher_text(
        name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = vector(name)
    monkeypatch.setattr("wechatpy.crypto.base.random_string", lambda size: given["random16"])
    monkeypatch.setattr(secrets, "token_hex", lambda size: given["nonce"])
    at = datetime.fromtimestamp(int(given["timestamp"]), UTC)
    outer = read_xml(seal_of(given).close(given["plaintext"], at))
    assert outer == {"Encrypt": given["encrypt"], "MsgSignature": given["msg_signature"],
                     "TimeStamp": given["timestamp"], "Nonce": given["nonce"]}


@pytest.mark.parametrize("name", names("negative"))
def test_published_negative_vectors_are_refused(name: str) -> None:
    given = vector(name)
    with pytest.raises(BadCallback) as refused:
        seal_of(given).open(given["encrypt"], given["msg_signature"], given["timestamp"],
                            given["nonce"])
    assert refused.value.status == 403


def test_plain_signature_of_the_official_account() -> None:
    given = vector("oa-url-verify-plain")
    envelope.check_signature(given["signature"], given["token"], given["timestamp"],
                             given["nonce"])
    with pytest.raises(BadCallback):
        envelope.check_signature(given["signature"], given["token"], given["timestamp"], "other")


def test_expected_fields_of_the_vectors_are_read() -> None:
    for name in names("encrypt"):
        given = vector(name)
        for field_name, expected in given.get("expected", {}).items():
            fields = read_xml(given["plaintext"])
            inner = fields.get("ScanCodeInfo")
            found = field(fields, field_name) or (
                field(inner, field_name) if isinstance(inner, dict) else "")
            assert found == expected, (name, field_name)


def test_the_library_signs_what_no_page_of_ours_needs_yet() -> None:
    """Raw user data of a mini-program and the tickets of pages inside WeChat."""
    raw, page = vector("wxa-rawdata-signature"), vector("jsapi-signature")
    check_wxa_signature(raw["session_key"], raw["raw_data"], raw["signature"])
    with pytest.raises(InvalidSignatureException):
        check_wxa_signature(raw["session_key"], raw["raw_data"] + " ", raw["signature"])
    signed = WeChatClient("wx", "s").jsapi.get_jsapi_signature(
        page["nonce_str"], page["ticket"], page["timestamp"], page["url"])
    assert signed == page["signature"]


def test_no_kind_of_vector_is_left_over() -> None:
    tested = {"encrypt", "negative", "signature3", "sha1_concat", "jsapi", "wxa_aes128cbc"}
    assert kinds() == tested, "wxa_aes128cbc: tests/platforms/test_mini_programs.py"


def sealed(plain: bytes) -> str:
    """Cipher text of any bytes, signed like a real one: what only the platform could send."""
    key = base64.b64decode(KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


@pytest.mark.parametrize("text", [
    pytest.param("", id="nothing"),
    pytest.param("not base64 at all", id="no base64"),
    pytest.param("AAAA", id="less than a block"),
    pytest.param(base64.b64encode(b"x" * 33).decode(), id="half a block too much"),
    pytest.param(sealed(b"\x00" * 32), id="padding zero"),
    pytest.param(sealed(b"\xff" * 32), id="padding larger than the text"),
    pytest.param(sealed(b"r" * 16 + b"\x7f\xff\xff\xff" + b"m" * 11 + b"\x01"), id="length lies"),
    pytest.param(sealed(b"r" * 16 + b"\x00\x00\x00\x08" + b"\xff\xfe" * 5 + b"\x02\x02"),
                 id="no utf-8"),
])
def test_malformed_cipher_text_is_refused(text: str) -> None:
    given = envelope.signature(TOKEN, "1700000002", "n", text)
    with pytest.raises(BadCallback) as refused:
        Seal(TOKEN, KEY, CORP).open(text, given, "1700000002", "n")
    assert refused.value.status in (400, 403)


@pytest.mark.parametrize("body", [
    pytest.param(b"", id="empty"),
    pytest.param(b"{}", id="json"),
    pytest.param(b"<html></html>", id="another document"),
    pytest.param(b"<xml/>", id="empty document"),
    pytest.param(b"<xml>text</xml>", id="no fields"),
    pytest.param(b"<xml><a></xml>", id="broken"),
    pytest.param(b"\xff\xfe\x00", id="not text"),
    pytest.param(b"<xml>" + b"<a>" * 9_000, id="never closed"),
    pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><xml><A>&a;</A></xml>', id="entity"),
    pytest.param(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
                 id="external entity"),
    pytest.param(b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l "lol">'
                 + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l;" * 10) for n in range(9))
                 + b"]><xml><A>&l8;</A></xml>", id="entity bomb"),
])
def test_documents_that_are_no_callback_are_refused(body: bytes) -> None:
    with pytest.raises(BadCallback) as refused:
        read_xml(body)
    assert refused.value.status == 400


@pytest.mark.parametrize("timestamp, status", [
    ("", 400), ("now", 400), ("-5", 400), ("١٧٠٠", 400), ("9" * 40, 400),
    (str(int(NOW.timestamp()) - 301), 403), (str(int(NOW.timestamp()) + 301), 403),
])
def test_old_future_and_odd_timestamps_are_refused(timestamp: str, status: int) -> None:
    with pytest.raises(BadCallback) as refused:
        envelope.check_age(timestamp, NOW)
    assert refused.value.status == status


def test_a_retry_within_five_minutes_is_taken() -> None:
    for seconds in (-300, 0, 300):
        envelope.check_age(str(int(NOW.timestamp()) + seconds), NOW)


def test_what_a_customer_typed_cannot_break_out_of_the_reply() -> None:
    typed = "]]></Content><ToUserName><![CDATA[boss]]></ToUserName><Content><![CDATA[\x00\x1f"
    fields = read_xml(text_reply("xiaowang", CORP, typed, NOW))
    assert field(fields, "ToUserName") == "xiaowang"
    assert field(fields, "Content") == typed.replace("\x00", "").replace("\x1f", "")
