"""What peewee's published types leave vague: the rows of a select."""

from __future__ import annotations

from typing import Any, TypeVar

from peewee import ModelSelect

from core.store.tables import Row

R = TypeVar("R", bound=Row)


def first(query: ModelSelect[R]) -> R | None:
    """The first row, or None."""
    row: R | None = query.first()
    return row


def tuples(query: ModelSelect[Any]) -> list[tuple[Any, ...]]:
    """The selected columns only, without making row objects."""
    return list(query.tuples())
