"""Every command of the staff chat, one family per file."""

from __future__ import annotations

from bot.commands import (
    alerts,
    books,
    cards,
    confirm,
    find,
    gate,
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
from bot.router import COMMANDS, answer

FAMILIES = (redeem, photo, confirm, cards, undo, gate, find, own_codes, takings, books, price,
            alerts, people, menu, help)
"""In the order of the help: what is needed at the counter comes first."""

_ORDER = [family.__name__ for family in FAMILIES]
COMMANDS.sort(key=lambda each: _ORDER.index(each.run.__module__))

__all__ = ["FAMILIES", "answer"]
