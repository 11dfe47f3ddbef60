"""The member pass: what a member's phone shows at the door, signed and short-lived.

`HXP` and 52 base32 characters, so that any scanner gun types it unharmed, whatever its case:

    version 1 | issued 6 (ms since 1970) | member 5 | kind 1 | target 5 | random 4 | HMAC-SHA256 10

80 bits of signature are plenty for a code that is good for a minute and checked online.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from core.ids import clean_code

LIFE = timedelta(seconds=60)
"""A screenshot is worth nothing after this."""
RENEWED_EVERY = timedelta(seconds=30)
"""Half of its life: what the phone shows is good for at least another 30 s."""

_PREFIX = "HXP"
_TEXT = re.compile(r"HXP[A-Z2-7]{52}")
_VERSION = 1
_MAC = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PassKind(IntEnum):
    """What a visit is taken from."""

    CARD = 1
    COURSE = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class PassClaim:
    """Who wants in, with what, and when that was said. `nonce`: 4 random bytes."""

    member_id: int
    kind: PassKind
    target_id: int
    issued_at: datetime
    nonce: bytes


def write(claim: PassClaim, key: bytes) -> str:
    """The pass as text. Raises OverflowError for ids beyond 2^40."""
    issued = (claim.issued_at - _EPOCH) // timedelta(milliseconds=1)
    body = b"".join((bytes([_VERSION]), issued.to_bytes(6), claim.member_id.to_bytes(5),
                     bytes([claim.kind]), claim.target_id.to_bytes(5), claim.nonce[:4]))
    return _PREFIX + base64.b32encode(body + _mac(body, key)).decode().rstrip("=")


def looks_like(text: str) -> bool:
    """Whether a scanned text is meant as a pass."""
    return _TEXT.fullmatch(clean_code(text)) is not None


def read(text: str, key: bytes) -> PassClaim | None:
    """What a pass claims; None when we never signed it. Whether it is still good is `fresh`."""
    if not looks_like(text):
        return None
    raw = base64.b32decode(clean_code(text)[len(_PREFIX):] + "====")
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if not hmac.compare_digest(mac, _mac(body, key)) or body[0] != _VERSION:
        return None
    return PassClaim(
        int.from_bytes(body[7:12]), PassKind(body[12]), int.from_bytes(body[13:18]),
        _EPOCH + timedelta(milliseconds=int.from_bytes(body[1:7])), body[18:22])


def fresh(claim: PassClaim, at: datetime) -> bool:
    """Whether it was issued within its life before `at`; both of one clock."""
    return timedelta(seconds=-2) <= at - claim.issued_at < LIFE


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC]
