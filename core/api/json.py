"""JSON of the REST door: yuan leave as numbers with two decimals (`299.00`), instants in ISO."""

from __future__ import annotations

import json
import re
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


_MAYBE_HALVES = re.compile(rb"\\u[dD][89a-fA-F]")


def read_body(raw: bytes) -> Any:
    """What a request says in JSON. Half of a surrogate pair, which no database keeps and no
    answer can repeat, becomes U+FFFD.

    Raises json.JSONDecodeError, also for nesting without end and NaN.
    """
    try:
        said = json.loads(raw.decode(), parse_constant=_no_number)
        if _MAYBE_HALVES.search(raw):
            whole = json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")
            said = json.loads(whole.decode("utf-8", "replace"))
    except json.JSONDecodeError:
        raise
    except (RecursionError, ValueError) as error:
        raise json.JSONDecodeError(str(error), "unreadable", 0) from None
    return said


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


_encoder = simplejson.JSONEncoder(default=_plain, use_decimal=True, ensure_ascii=False,
                                  separators=(",", ":"), namedtuple_as_object=False)
"""Asking every value whether it is a named tuple would take a third of the time."""

_decoder = simplejson.JSONDecoder(parse_float=Decimal, allow_nan=False)


class Json(JSONProvider):
    """simplejson keeps the decimals of a Decimal, which the standard library cannot."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return str(_encoder.encode(obj))

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Amounts arrive as Decimal, so that 0.1 stays 0.1. NaN and Infinity are refused."""
        try:
            return _decoder.decode(s)  # type: ignore[arg-type]  # bytes too, its stubs say no
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
