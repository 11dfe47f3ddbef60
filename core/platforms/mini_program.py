"""What the product asks of a mini-program platform: WeChat's (wechat.md 6), Douyin's (douyin.md 8).

Everything here is about one member's phone: who signs in, which number is his, what he is told.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from core.errors import PlatformRefused
from core.ids import clean_phone

CONSENT_USED_UP = "consent_used_up"
"""Word of a refusal: the member has allowed no (more) messages of this template. Never retried."""
MOST_ENCRYPTED = 4096
"""Characters of `encryptedData`; a phone needs some 300."""


@dataclass(frozen=True, slots=True)
class MiniLogin:
    """Whom a login code stands for. `session_key` opens what his phone encrypts, and never leaves
    the server; `union_id` is empty unless the app belongs to an open-platform account."""

    openid: str
    session_key: str = field(repr=False)
    union_id: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One subscription message. `fields` are the template's; `page` opens when it is tapped."""

    to: str
    template_id: str
    page: str
    fields: Mapping[str, str] = field(repr=False)


class MiniProgram(Protocol):
    """One app of one platform. All methods raise PlatformError (`core.errors`)."""

    kind: str
    """wechat_mini or douyin_mini: also the kind of the identities it proves."""
    app_id: str
    template_id: str
    """Of notices; empty: it sends none."""

    def login(self, code: str) -> MiniLogin:
        """Whom a login code stands for, once. Raises PlatformRefused: login_code_wrong,
        user_blocked; PlatformUnknown leaves the code spent, so the phone needs a new one."""
        ...

    def phone_by_code(self, code: str, openid: str) -> str:
        """The number (11 digits) behind the phone button's code, once. Raises PlatformRefused:
        phone_code_wrong, phone_not_mainland."""
        ...

    def send(self, notice: Notice) -> None:
        """One message for one consent. Raises PlatformRefused(CONSENT_USED_UP)."""
        ...

    def code_picture(self, scene: str, page: str) -> bytes:
        """A picture (JPEG or PNG) of the app's own code that opens `page` with a short `scene`:
        1 to 32 of digits, letters and `!#$&'()*+,/:;=?@-._~`."""
        ...


def phone_in(kind: str, app_id: str, encrypted: str, iv: str, session_key: str) -> str:
    """The number in a phone button's `encryptedData`: AES-128-CBC under the session key of the
    last login, for this app (wechat.md 6, douyin.md 8.3).

    Raises PlatformRefused: phone_unreadable (another key, another app, not ours at all),
    phone_not_mainland.
    """
    try:
        plain = _opened(encrypted, iv, session_key)
        said = json.loads(plain)
        mark = said["watermark"]["appid"]
    except (ValueError, TypeError, KeyError):
        raise PlatformRefused(kind, "phone_unreadable") from None
    if mark != app_id:
        raise PlatformRefused(kind, "phone_unreadable", reason="another_app")
    return mainland(kind, said)


def mainland(kind: str, said: Mapping[str, object]) -> str:
    """The number of a platform's phone record; `countryCode` comes as text and as number.
    Raises PlatformRefused("phone_not_mainland")."""
    phone = clean_phone(str(said.get("purePhoneNumber") or said.get("phoneNumber") or "")[:40])
    if phone is None or str(said.get("countryCode") or "86") != "86":
        raise PlatformRefused(kind, "phone_not_mainland")
    return phone


def _opened(encrypted: str, iv: str, session_key: str) -> bytes:
    """Raises ValueError for anything that this key did not make."""
    if len(encrypted) > MOST_ENCRYPTED:
        raise ValueError("too long")
    key, start = (base64.b64decode(text, validate=True) for text in (session_key, iv))
    sealed = base64.b64decode(encrypted, validate=True)
    if len(key) != 16 or len(start) != 16 or not sealed:
        raise ValueError("not AES-128-CBC")
    decryptor = Cipher(AES(key), CBC(start)).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()
