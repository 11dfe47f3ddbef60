"""Selects of the configuration: run again only after it has changed (`editions`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from core.store.compiled import Compiled
from core.store.editions import Editions
from core.store.tables import Row

R = TypeVar("R", bound=Row)
T = TypeVar("T")


class Steady(Compiled[R]):
    """A `Compiled` that reads only tables of which migration 0002 counts the changes, and of them
    only columns that it names. Its rows are shared by all who ask: nobody may change them."""

    def first(self, **values: Any) -> R | None:
        rows = self._known("rows", super().all, values)
        return rows[0] if rows else None

    def all(self, **values: Any) -> list[R]:
        return self._known("rows", super().all, values).copy()

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        return self._known("tuples", super().tuples, values).copy()

    def _known(self, form: str, read: Callable[..., list[T]],
               values: Mapping[str, Any]) -> list[T]:
        editions: Editions | None = getattr(self._plan().root._meta.database, "editions", None)
        if editions is None:
            return read(**values)
        number, key = editions.configuration(), (self, form, *values.values())
        known: list[T] | None = editions.configured.get(number, key)
        if known is None:
            known = read(**values)
            editions.configured.keep(number, key, known)
        return known
