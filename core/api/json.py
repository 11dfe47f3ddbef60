"""JSON of the REST door: yuan leave as numbers with two decimals (`299.00`), instants in ISO."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import simplejson
from flask.json.provider import JSONProvider

from core.money import Money


def _plain(value: object) -> object:
    if isinstance(value, Money):
        return value.to_yuan()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, frozenset | set | tuple):
        return sorted(value) if isinstance(value, frozenset | set) else list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Json(JSONProvider):
    """simplejson keeps the decimals of a Decimal, which the standard library cannot."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return simplejson.dumps(obj, default=_plain, use_decimal=True, ensure_ascii=False,
                                separators=(",", ":"))

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Amounts arrive as Decimal, so that 0.1 stays 0.1. NaN and Infinity are refused."""
        try:
            return simplejson.loads(s, parse_float=Decimal, allow_nan=False)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
