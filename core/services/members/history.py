"""What a member has redeemed, and what is still on its way."""

from __future__ import annotations

from core.services.actor import Actor
from core.services.lookup import Page
from core.services.paging import bounded
from core.services.views import Views
from core.store import held
from core.store.db import Store


class History:
    """Reads only."""

    def __init__(self, store: Store, views: Views) -> None:
        self._store = store
        self._views = views

    def redemptions(self, actor: Actor, *, page: int = 1, page_size: int = 20) -> Page:
        """The member's own, and those asked for in his name at a kiosk or desk; newest first."""
        number, size = bounded(page, page_size)
        with self._store.connection():
            rows, total = held.history(actor.id, number, size)
            return Page(items=[self._views.of(row) for row in rows], total=total, page=number,
                        page_size=size)
