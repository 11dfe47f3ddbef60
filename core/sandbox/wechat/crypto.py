"""The callback crypto of WeCom and of an official account's safe mode (wechat.md section 3).

Written apart from the library the product uses, so that the two check each other; both pass the
same published vectors.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32


class Unreadable(ValueError):
    """The text is not one that this account's key made."""


def signature(*parts: str) -> str:
    """SHA-1 hex of the sorted, joined parts: token, timestamp, nonce and, if any, encrypt."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare signatures in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


class Envelope:
    """Encrypts for and decrypts of one receiver (corpid or appid)."""

    def __init__(self, aes_key: str, receive_id: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        self._receive_id = receive_id.encode()

    def seal(self, text: str, random16: bytes | None = None) -> str:
        """Base64 of AES-256-CBC over random16, length, text and receiver."""
        message = text.encode()
        plain = (random16 or secrets.token_bytes(16)) + struct.pack(
            ">I", len(message)) + message + self._receive_id
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """The text inside; raises Unreadable."""
        try:
            decryptor = self._cipher().decryptor()
            plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
            pad = plain[-1]
            (length,) = struct.unpack(">I", plain[16:20])
            message, receiver = plain[20:20 + length], plain[20 + length:-pad]
            if not 1 <= pad <= BLOCK or receiver != self._receive_id:
                raise Unreadable("padding or receiver")
            return message.decode()
        except (binascii.Error, ValueError, IndexError, struct.error) as error:
            raise Unreadable(str(error)) from error

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))
