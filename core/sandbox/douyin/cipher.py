"""Ciphertexts of coupons: a fresh one each time, readable only by the platform.

A ciphertext names a certificate and what it is for, so that a QR's `encrypted_data` is useless as
an `encrypted_code`. Its base64 text holds `+`, `/` and `=`, which a careless client mangles.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class CouponCipher:
    def __init__(self, key_hex: str) -> None:
        self._aead = AESGCM(bytes.fromhex(key_hex))

    def seal(self, text: str, purpose: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._aead.encrypt(nonce, text.encode(), purpose.encode())
        return base64.b64encode(sealed).decode()

    def open(self, ciphertext: str, purpose: str) -> str | None:
        """The text, or None for anything this platform did not seal for this purpose."""
        try:
            raw = base64.b64decode(ciphertext, validate=True)
            return self._aead.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
        except (binascii.Error, ValueError, InvalidTag):
            return None
