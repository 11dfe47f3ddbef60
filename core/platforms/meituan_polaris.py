"""Signature of Meituan's older open platform, generation A (meituan.md 1.2).

New merchants cannot be authorised there any more, so the product calls nothing of it; a chain whose
contract still runs there needs this signature first, and its samples are kept true by a test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def sign(fields: Mapping[str, str], app_secret: str) -> str:
    """MD5 over the sorted, joined, non-empty fields between two secrets; lower-case hex."""
    joined = "".join(name + value.strip() for name, value in sorted(fields.items())
                     if value.strip() and name != "sign")
    return hashlib.md5((app_secret + joined + app_secret).encode()).hexdigest()
