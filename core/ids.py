"""Identifiers: made unguessable, shown masked, cleaned once."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0/O, 1/I/L: people read these aloud."""

_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
                        r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212\u2043\uff0d_·•]")


def clean_code(text: str) -> str:
    """One spelling of a typed or scanned code.

    >>> clean_code(" 1234 5678-90 ")
    '1234567890'
    >>> clean_code("１２３４\u200b５６")
    '123456'
    """
    folded = unicodedata.normalize("NFKC", text)
    return _DASHES.sub("", _INVISIBLE.sub("", folded)).upper()


def mask_code(code: str) -> str:
    """`1234567890` becomes `1234****90`; short ones lose all but their last two characters."""
    if len(code) <= 6:
        return "*" * max(len(code) - 2, 0) + code[-2:] if len(code) > 2 else "*" * len(code)
    return f"{code[:4]}****{code[-2:]}"


def mask_phone(phone: str) -> str:
    """`13800138000` becomes `138****8000`; an already masked one stays as it is."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def mask_name(name: str) -> str:
    """`林小满` becomes `林**`."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def new_token() -> str:
    """An opaque bearer token of 256 bits; only its `token_hash` is stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What a table keeps of a token (64 hex characters)."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_ref(prefix: str, length: int = 16) -> str:
    """An unguessable public reference such as `R7K…` (about 4.95 bits a character)."""
    number = secrets.randbelow(len(_ALPHABET) ** length)  # one draw: each asks the system anew
    for _ in range(length):
        number, place = divmod(number, len(_ALPHABET))
        prefix += _ALPHABET[place]
    return prefix


def new_key() -> str:
    """An idempotency key or platform request id (32 hex characters)."""
    return secrets.token_hex(16)


PHONE = re.compile(r"1[3-9]\d{9}")


def clean_phone(text: str) -> str | None:
    """A mainland mobile number as 11 digits, or None when the text is not one.

    >>> clean_phone("+86 138-0013-8000")
    '13800138000'
    """
    digits = clean_code(text).removeprefix("+86")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits if PHONE.fullmatch(digits) and digits.isascii() else None
