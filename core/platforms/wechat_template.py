"""Fields of WeChat's template and subscription messages, cut to what their type takes
(wechat.md 5.3, section 6): a value too long or empty is refused with 47003."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from core.clock import zone

LIMITS = {"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32,
          "phrase": 5, "name": 10, "phone_number": 17, "car_number": 8, "amount": 11, "const": 20}
"""Characters by the type in a field's name; `time` and `date` are written by us."""
NOTHING = "-"


def data(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """`{"thing1": {"value": …}}`, each value on one line, cut, and never empty."""
    return {name: {"value": fitting(name, value)} for name, value in values.items()}


def fitting(name: str, value: str) -> str:
    """The value of one field."""
    most = LIMITS.get(re.sub(r"\d+$", "", name), 32)
    line = " ".join(value.split())
    return (line if len(line) <= most else line[:most - 1] + "…") or NOTHING


def moment(at: datetime) -> str:
    """For a field of type time: `2026-11-21 14:33`, at the shop."""
    return at.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
