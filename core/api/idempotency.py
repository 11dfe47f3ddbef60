"""`Idempotency-Key`: the same key and body get the first answer (design section 5).

The services store the key with the change itself; this file only reads the header and says what
"the same body" means.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from flask import request

from core.errors import InvalidInput
from core.services.actor import Actor

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class SentKey:
    """A caller's key, and the fingerprint of what was sent under it (64 hex characters)."""

    scope: str
    key: str
    fingerprint: str


def sent_key(actor: Actor) -> SentKey | None:
    """The key of this request, or None when the caller sent none.

    Raises InvalidInput("idempotency_key_malformed") unless it is 1 to 128 visible ASCII
    characters. Keys of two callers never meet.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidInput("idempotency_key_malformed")
    sent = f"{request.method} {request.path}\n".encode() + request.get_data(cache=True)
    return SentKey(f"{actor.kind}:{actor.id}", key, hashlib.sha256(sent).hexdigest())
