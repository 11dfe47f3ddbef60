"""Selects: what peewee's published types leave vague, and what a database is not to guess."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from peewee import ModelSelect, fn

from core.store.tables import Row

R = TypeVar("R", bound=Row)


def first(query: ModelSelect[R]) -> R | None:
    """The first row, or None."""
    row: R | None = query.first()
    return row


def tuples(query: ModelSelect[Any]) -> list[tuple[Any, ...]]:
    """The selected columns only, without making row objects."""
    return list(query.tuples())


def unsought(column: Any) -> Any:
    """A column in a condition that rows are only tested by, not looked up by.

    SQLite knows nothing of how values are spread, so of two conditions that equal something it
    may look up by the one that half of the table meets. This leaves it the other one.
    """
    return fn.COALESCE(column, None)


def newest_at(query: ModelSelect[R], venues: Collection[int], column: Any,
              made_at: Any) -> ModelSelect[R]:
    """Rows of some venues, the newest first, read in that order: of one venue by its index with
    `made_at`, of several from the newest row of all on. Sorting all they have is no way."""
    if len(venues) == 1:
        (venue,) = venues
        return query.where(column == venue).order_by(made_at.desc(), query.model.id.desc())
    return query.where(unsought(column).in_(sorted(venues))).order_by(query.model.id.desc())
