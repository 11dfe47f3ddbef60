"""Whole columns of values, as the driver takes them and as it gives them.

A page of rows holds few different instants, and a code often twice, so a column is converted at
once and each of its values only once: value by value, the conversion would cost more than the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from peewee import DateField

from core.store.db import SQLITE
from core.store.tables import Row
from core.store.tables import fields as ours

Column = Sequence[Any]
Convert = Callable[[Any], Any]
Plan = tuple[tuple[int, Convert, bool], ...]
"""Columns to convert, how, and whether a result may be shared by equal values."""


def packed(table: type[Row], engine: str, columns: tuple[str, ...],
           rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows of Python values in the order of `columns` (field names) for the driver."""
    return _converted(rows, _packing(table, engine, columns))


def unpacked(table: type[Row], columns: tuple[str, ...],
             rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Rows of the driver as Python values."""
    return _converted(rows, _reading(table, columns))


def _converted(rows: Iterable[Sequence[Any]], plan: Plan) -> list[tuple[Any, ...]]:
    columns: list[Column] = list(zip(*rows, strict=True))
    met: dict[Convert, dict[Any, Any]] = {}
    for index, convert, shared in plan if columns else ():
        column = columns[index]
        if shared:
            known = met.setdefault(convert, {None: None})
            known |= {value: convert(value) for value in set(column).difference(known)}
            columns[index] = [known[value] for value in column]
        else:
            columns[index] = [None if value is None else convert(value) for value in column]
    return list(zip(*columns, strict=True))


def _utc_text(at: datetime) -> str:
    """What Python's SQLite driver makes of an instant, without asking it for every row."""
    return str(_utc(at).isoformat(" "))


def _json(value: Any) -> Any:
    """As the column type does it, quicker for what is nearly always there."""
    if value == {} or (type(value) is list and all(type(one) is int for one in value)):
        return str(value)
    return _to_json(value)


def _instant(value: datetime | str) -> datetime:
    """SQLite gives text."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC)


_utc = ours.UtcDateTime().db_value
_to_json = ours.JsonField().db_value
_seal, _unseal = ours.SealedField().db_value, ours.SealedField().python_value
_day = DateField().python_value


@lru_cache(maxsize=64)
def _packing(table: type[Row], engine: str, columns: tuple[str, ...]) -> Plan:
    """The driver takes all but our own types as they are."""
    plan: list[tuple[int, Convert, bool]] = []
    for index, name in enumerate(columns):
        field = table._meta.combined[name]
        if isinstance(field, ours.UtcDateTime):
            plan.append((index, _utc_text if engine == SQLITE else _utc, True))
        elif isinstance(field, ours.SealedField):
            plan.append((index, _seal, True))
        elif isinstance(field, ours.JsonField):
            plan.append((index, _json, False))
        elif type(field).__module__ == ours.__name__:
            plan.append((index, field.db_value, False))
    return tuple(plan)


@lru_cache(maxsize=64)
def _reading(table: type[Row], columns: tuple[str, ...]) -> Plan:
    plan: list[tuple[int, Convert, bool]] = []
    for index, name in enumerate(columns):
        field = table._meta.combined[name]
        if isinstance(field, ours.UtcDateTime):
            plan.append((index, _instant, True))
        elif isinstance(field, ours.SealedField):
            plan.append((index, _unseal, True))
        elif isinstance(field, DateField):
            plan.append((index, _day, True))
        elif type(field).__module__ == ours.__name__:
            plan.append((index, field.python_value, False))  # a list must be its row's own
    return tuple(plan)
