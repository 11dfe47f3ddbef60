"""Every command of the staff chat, one family per file."""

from __future__ import annotations

from bot.commands import (
    alerts,
    books,
    cards,
    confirm,
    find,
    help,
    menu,
    own_codes,
    people,
    photo,
    price,
    redeem,
    takings,
    undo,
)
from bot.router import answer

FAMILIES = (redeem, photo, confirm, cards, undo, find, own_codes, takings, books, price, alerts,
            people, menu, help)
"""Importing a family puts its commands into the router's table, in this order."""

__all__ = ["FAMILIES", "answer"]
