"""Reading a platform's JSON: lenient about spelling, strict about meaning.

Numbers come as numbers or as text, ids too, times as seconds, milliseconds or Beijing wall time
(meituan.md 5 and 8, douyin.md 3.5). Whatever cannot be understood raises Malformed, which
`core.platforms.http` turns into PlatformUnknown: never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from core.clock import zone
from core.money import MAX_FEN, Money

Json = Mapping[str, Any]

MILLISECONDS_FROM = 10**11
"""Epoch numbers above this are milliseconds: in seconds it is the year 5138."""
_WALL_TIME = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_WHOLE = re.compile(r"-?\d{1,20}")


class Malformed(ValueError):
    """The answer lacks something or says something senseless; the argument names the field."""


def first(item: Json, *names: str) -> Any:
    """The value under the first of these spellings that is there and not null."""
    return next((item[name] for name in names if item.get(name) is not None), None)


def text(item: Json, *names: str) -> str:
    """A text, or a number as text; "" when absent."""
    value = first(item, *names)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Malformed(names[0])
    return str(value)


def needed(item: Json, *names: str) -> str:
    """A text that must be there and not be empty."""
    value = text(item, *names)
    if not value:
        raise Malformed(names[0])
    return value


def whole(item: Json, *names: str, default: int = 0) -> int:
    """A whole number, also as text."""
    value = first(item, *names)
    if value is None or value == "":
        return default
    shown = str(value).strip()
    if isinstance(value, bool) or not _WHOLE.fullmatch(shown):
        raise Malformed(names[0])
    return int(shown)


def flag(item: Json, name: str) -> bool:
    """True, 1 and "true"."""
    return str(item.get(name)).lower() in ("true", "1")


def yuan(item: Json, *names: str) -> Money | None:
    """An amount in yuan, number or text, rounded half up to the fen; None when absent.

    A double such as 66.33000000000001 is the wire's noise, not a third decimal.
    """
    value = first(item, *names)
    if value is None or value == "":
        return None
    try:
        amount = (Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
    except InvalidOperation:
        raise Malformed(names[0]) from None
    if isinstance(value, bool) or not amount.is_finite() or not 0 <= amount <= MAX_FEN:
        raise Malformed(names[0])
    return Money(int(amount))


def fen(item: Json, *names: str) -> Money | None:
    """An amount in fen; None when absent."""
    if first(item, *names) is None:
        return None
    value = whole(item, *names)
    if not 0 <= value <= MAX_FEN:
        raise Malformed(names[0])
    return Money(value)


def instant(item: Json, *names: str) -> datetime | None:
    """Epoch seconds or milliseconds, or Beijing wall time; None when absent or 0."""
    shown = text(item, *names).strip()
    if not shown or shown == "0":
        return None
    try:
        if _WHOLE.fullmatch(shown):
            number = int(shown)
            return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS_FROM else number,
                                          UTC)
        for form in _WALL_TIME:
            try:
                return datetime.strptime(shown, form).replace(tzinfo=zone()).astimezone(UTC)
            except ValueError:
                continue
    except (OverflowError, OSError, ValueError):
        pass
    raise Malformed(names[0])


def end(item: Json, *names: str) -> datetime | None:
    """The instant from which something no longer holds.

    The platforms name the last second (23:59:59); ours are half-open (design section 4).
    """
    at = instant(item, *names)
    if at is None:
        return None
    at = at.replace(microsecond=0)
    return at + timedelta(seconds=1) if at.second == 59 else at


def items(item: Json, *names: str) -> list[dict[str, Any]]:
    """A list of objects; empty when absent."""
    value = first(item, *names)
    if value is None:
        return []
    if not isinstance(value, Sequence) or not all(isinstance(each, dict) for each in value):
        raise Malformed(names[0])
    return list(value)


def part(item: Json, *names: str) -> dict[str, Any]:
    """An object; empty when absent."""
    value = first(item, *names)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed(names[0])
    return value
