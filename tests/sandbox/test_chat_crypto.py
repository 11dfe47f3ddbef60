"""The sandbox's own callback crypto against the published vectors (wechat.md section 9)."""

from __future__ import annotations

import pytest

from core.sandbox.chat.line import read_xml, write_xml
from core.sandbox.wechat.crypto import Envelope, Unreadable, signature
from tests.bot.vectors import names, vector


@pytest.mark.parametrize("name", names("encrypt"))
def test_it_makes_and_reads_the_published_ciphertexts(name: str) -> None:
    known = vector(name)
    envelope = Envelope(known["encoding_aes_key"], known["receive_id"])
    sealed = envelope.seal(known["plaintext"], known["random16"].encode())
    assert sealed == known["encrypt"]
    assert envelope.open(known["encrypt"]) == known["plaintext"]
    assert signature(known["token"], known["timestamp"], known["nonce"],
                     known["encrypt"]) == known["msg_signature"]


def test_the_plain_signature_is_the_published_one() -> None:
    known = vector("oa-url-verify-plain")
    assert signature(known["token"], known["timestamp"],
                     known["nonce"]) == known["signature"]


def test_it_does_not_read_what_is_for_somebody_else() -> None:
    known = vector("neg-wrong-receive-id")
    with pytest.raises(Unreadable):
        Envelope(known["encoding_aes_key"], known["receive_id"]).open(known["encrypt"])
    mine = Envelope(known["encoding_aes_key"], known["receive_id"])
    for rubbish in ("", "AAAA", "not base64", mine.seal("text")[:-8]):
        with pytest.raises(Unreadable):
            mine.open(rubbish)


def test_text_cannot_break_out_of_its_element() -> None:
    hostile = "]]></Content><Evil>1</Evil>&<b>"
    assert read_xml(write_xml({"Content": hostile, "CreateTime": 5}).encode()) == {
        "Content": hostile, "CreateTime": "5"}
