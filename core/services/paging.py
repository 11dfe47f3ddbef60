"""One page of a list, as every door shows it (design section 5)."""

from __future__ import annotations

from typing import Generic, TypedDict, TypeVar

MOST_PAGE_SIZE = 100
T = TypeVar("T")


class PageOf(TypedDict, Generic[T]):
    """`page` counts from 1; `total` is of all pages."""

    items: list[T]
    total: int
    page: int
    page_size: int


def bounded(page: int, page_size: int) -> tuple[int, int]:
    """A page and its size as they are answered: from 1, and at most 100 rows."""
    return max(page, 1), max(1, min(page_size, MOST_PAGE_SIZE))
