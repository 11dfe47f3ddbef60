"""The keys that keep codes, phones and credentials unreadable in a database dump (invariant I8).

Two needs, two ciphers. A code or phone must be found again by its value, so it is sealed with
AES-SIV (RFC 5297): the same text gives the same ciphertext. A credential is never looked up, so it
gets a Fernet token that differs each time and whose key can be rotated.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class WrongKey(Exception):
    """The value was sealed with another key, or changed afterwards."""


class KeyVault:
    """`data_key`: base64 of 64 random bytes, fixed for the life of the database; `secret_keys`:
    Fernet keys, the first encrypts and all decrypt."""

    def __init__(self, data_key: str, secret_keys: Sequence[str]) -> None:
        self._sealer = AESSIV(base64.b64decode(data_key))
        keys = [Fernet(key) for key in secret_keys]
        self._newest, self._fernet = keys[0], MultiFernet(keys)

    def seal(self, text: str) -> str:
        """The same text always gives the same url-safe ciphertext."""
        if not text:
            return ""
        return base64.urlsafe_b64encode(self._sealer.encrypt(text.encode(), None)).decode()

    def unseal(self, sealed: str) -> str:
        """Raises WrongKey."""
        if not sealed:
            return ""
        try:
            return self._sealer.decrypt(base64.urlsafe_b64decode(sealed), None).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongKey("a sealed column does not open with DATA_KEY") from error

    def encrypt(self, secret: str) -> str:
        """A fresh token each time, under the newest key."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Raises WrongKey."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise WrongKey("a secret does not open with any of SECRET_KEYS") from error

    def is_newest(self, token: str) -> bool:
        """Whether the newest key encrypted it."""
        try:
            self._newest.decrypt(token.encode())
        except InvalidToken:
            return False
        return True

    def rotate(self, token: str) -> str:
        """The same secret under the newest key. Raises WrongKey."""
        return self.encrypt(self.decrypt(token))
