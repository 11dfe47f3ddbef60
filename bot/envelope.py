"""The sealed envelope around chat callbacks: signature, age, AES, receiver (wechat.md 3).

Official account and WeCom share it; they differ in what the receiver id is (appid, corpid).
Everything that can be wrong with a callback ends as `BadCallback`, so that an open endpoint
never answers 500 to rubbish (wechat.md 1.4).
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import secrets
import struct
from datetime import datetime
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException

MAX_BODY = 64 * 1024
"""Bytes; real callbacks stay far below (wechat.md 1.4)."""
MAX_SKEW = 300
"""Seconds between the platform's timestamp and our clock; covers its retries."""

_NOT_XML_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadCallback(Exception):
    """Refuse with `status`; `why` is for the log, the caller learns nothing."""

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


def signature(*parts: str) -> str:
    """SHA-1 of the sorted, joined parts: four for sealed bodies, three for plain ones."""
    return hashlib.sha1(b"".join(sorted(part.encode() for part in parts))).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Raise BadCallback(403) unless `given` signs the parts; compared in constant time."""
    if not hmac.compare_digest(signature(*parts).encode(), given.encode()):
        raise BadCallback(403, "signature")


def check_age(timestamp: str, at: datetime) -> None:
    """Raise BadCallback(403) for a callback older, or newer, than five minutes (wechat.md 3)."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise BadCallback(400, "timestamp")
    if abs(int(timestamp) - at.timestamp()) > MAX_SKEW:
        raise BadCallback(403, "age")


class Seal:
    """Opens and closes envelopes for one receiver."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token = token
        self._receiver = receiver
        self._crypto = WeChatCrypto(token, aes_key, receiver)

    def open(self, sealed: str, given: str, timestamp: str, nonce: str) -> str:
        """The text inside. Checks the signature first, then the receiver at the text's end.

        Raises BadCallback: 403 for a wrong signature or receiver, 400 for a broken cipher text.
        """
        check_signature(given, self._token, timestamp, nonce, sealed)
        try:
            text: str = PrpCrypto(self._crypto.key).decrypt(sealed, self._receiver)
        except WeChatException as error:
            raise BadCallback(403, "receiver") from error
        except (binascii.Error, ValueError, IndexError, struct.error) as error:
            raise BadCallback(400, "cipher text") from error
        return text

    def close(self, text: str, at: datetime) -> str:
        """The reply envelope (XML) around a text; the nonce is ours to choose."""
        envelope: str = self._crypto.encrypt_message(
            text, secrets.token_hex(8), str(int(at.timestamp())))
        return envelope


def read_xml(text: str | bytes) -> dict[str, object]:
    """The fields of `<xml>…</xml>`: text is a str, nested elements are dicts or lists.

    Document types and entities are refused before any of them could unfold.
    Raises BadCallback(400) for everything that is not such a document.
    """
    try:
        whole = text.decode() if isinstance(text, bytes) else text
        if "<!DOCTYPE" in whole or "<!ENTITY" in whole:
            raise BadCallback(400, "document type")
        fields = xmltodict.parse(whole)["xml"]
    except (ExpatError, ValueError, KeyError, TypeError) as error:
        raise BadCallback(400, "not a callback document") from error
    if not isinstance(fields, dict):
        raise BadCallback(400, "empty document")
    return fields


def field(fields: dict[str, object], name: str) -> str:
    """One text field, empty when absent or not text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def text_reply(to: str, sender: str, content: str, at: datetime) -> str:
    """A passive text reply; what a customer typed cannot break out of its element."""
    parts = (("ToUserName", to), ("FromUserName", sender), ("MsgType", "text"),
             ("Content", content))
    body = "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in parts)
    return f"<xml>{body}<CreateTime>{int(at.timestamp())}</CreateTime></xml>"


def _cdata(value: str) -> str:
    clean = _NOT_XML_TEXT.sub("", value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>"
