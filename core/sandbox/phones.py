"""What a member's phone does in a mini-program: sign in, share a number, allow a message.

Codes are single use and live 5 minutes. A code minted with a phone number is taken once by the
login endpoint and once by the phone endpoint (sandbox choice, so that one control serves both);
`login_code` and `phone_code` beside it serve one purpose each, as on the real platforms.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from core.sandbox.ledger import Ledger

LIFETIME = 300
LOGIN, PHONE = "login", "phone"


@dataclass(frozen=True)
class Presented:
    """A code that was shown: whose, and why it cannot serve ("" when it can)."""

    openid: str
    phone: str
    fault: str


class Phones:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def mint(self, platform: str, openid: str, phone: str,
             lifetime: float = LIFETIME) -> dict[str, str]:
        """Fresh codes of one person on one platform."""
        codes = {"login_code": self._code(platform, (LOGIN,), openid, phone, lifetime)}
        if phone:
            codes["phone_code"] = self._code(platform, (PHONE,), openid, phone, lifetime)
            codes["code"] = self._code(platform, (LOGIN, PHONE), openid, phone, lifetime)
        else:
            codes["code"] = self._code(platform, (LOGIN,), openid, phone, lifetime)
        return codes

    def _code(self, platform: str, uses: tuple[str, ...], openid: str, phone: str,
              lifetime: float) -> str:
        code = secrets.token_urlsafe(24)
        for use in uses:
            self.ledger.insert("login_codes", code=code, platform=platform, use=use,
                               openid=openid, phone=phone,
                               expires_at=self.ledger.now() + lifetime)
        return code

    def spend(self, platform: str, use: str, code: object) -> Presented:
        """Take a code; its `fault` is unknown, expired, spent or ""."""
        with self.ledger.change():
            row = self.ledger.row("SELECT * FROM login_codes WHERE code = ? AND use = ? "
                                  "AND platform = ?", str(code), use, platform)
            if row is None:
                return Presented("", "", "unknown")
            if row["spent"]:
                return Presented(row["openid"], row["phone"], "spent")
            if row["expires_at"] <= self.ledger.now():
                return Presented(row["openid"], row["phone"], "expired")
            self.ledger.run("UPDATE login_codes SET spent = 1 WHERE code = ? AND use = ?",
                            str(code), use)
            return Presented(row["openid"], row["phone"], "")

    def new_session(self, platform: str, openid: str) -> str:
        """A login rotates the session key (base64 of 16 bytes)."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.ledger.run("INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (platform, openid) "
                        "DO UPDATE SET session_key = excluded.session_key", platform, openid, key)
        return key

    def session_key(self, platform: str, openid: str) -> str | None:
        row = self.ledger.row("SELECT session_key FROM sessions WHERE platform = ? "
                              "AND openid = ?", platform, openid)
        return None if row is None else str(row["session_key"])

    def allow(self, platform: str, openid: str, template_id: str, count: int) -> None:
        """A tap on "allow": `count` more messages of this template."""
        self.ledger.run(
            "INSERT INTO consents VALUES (?, ?, ?, ?) ON CONFLICT (platform, openid, template_id) "
            "DO UPDATE SET count = count + excluded.count", platform, openid, template_id, count)

    def use_consent(self, platform: str, openid: str, template_id: str) -> bool | None:
        """Take one; False when used up, None when there never was any."""
        with self.ledger.change():
            row = self.ledger.row("SELECT count FROM consents WHERE platform = ? AND openid = ? "
                                  "AND template_id = ?", platform, openid, template_id)
            if row is None:
                return None
            return self.ledger.run(
                "UPDATE consents SET count = count - 1 WHERE platform = ? AND openid = ? "
                "AND template_id = ? AND count > 0", platform, openid, template_id) == 1


def phone_text(phone: str, appid: str, at: float) -> str:
    """The plaintext both platforms encrypt."""
    return json.dumps({"phoneNumber": phone, "purePhoneNumber": phone, "countryCode": "86",
                       "watermark": {"timestamp": int(at), "appid": appid}})


def encrypted_data(text: str, session_key: str) -> dict[str, str]:
    """`encryptedData` and `iv` of a button callback: AES-128-CBC under the session key."""
    iv = secrets.token_bytes(16)
    padder = PKCS7(128).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    encryptor = Cipher(AES(base64.b64decode(session_key)), CBC(iv)).encryptor()
    sealed = encryptor.update(padded) + encryptor.finalize()
    return {"encryptedData": base64.b64encode(sealed).decode(),
            "iv": base64.b64encode(iv).decode()}
