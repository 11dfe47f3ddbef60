"""Limits of template message fields by the type in their name (wechat.md 5.3, section 6)."""

from __future__ import annotations

import re

_LIMITS = {"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32,
           "time": 32, "date": 32, "amount": 11, "phone_number": 17, "car_number": 8, "name": 20,
           "phrase": 5, "const": 20}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def fault_of_fields(data: object) -> str | None:
    """Why `data` of a message is refused with 47003, or None."""
    if not isinstance(data, dict) or not data:
        return "data is empty"
    for name, field in data.items():
        value = field.get("value") if isinstance(field, dict) else None
        kind = re.sub(r"\d+$", "", str(name))
        if kind not in _LIMITS:
            return f"data.{name} is not of this template"
        if not isinstance(value, str | int | float) or str(value).strip() == "":
            return f"data.{name}.value is empty"
        text = str(value)
        if "\n" in text or len(text) > _LIMITS[kind]:
            return f"data.{name}.value is too long or has a line break"
        if kind in ("number", "letter", "character_string") and _CHINESE.search(text):
            return f"data.{name}.value has wrong characters"
    return None
