"""Ticket numbers: short enough to say aloud, such as `H 0372`.

Redemptions have even numbers and tasks odd ones, so that one number means one thing. Numbers
come round after five thousand; the newest of the venue is meant. Orders of carts are called by
the end of their own number.
"""

from __future__ import annotations

import re

ROUND = 5000
_TICKET = re.compile(r"H?\s*(\d{4})", re.IGNORECASE)


def ticket(redemption_id: int) -> str:
    """A redemption's number."""
    return f"H {redemption_id % ROUND * 2:04d}"


def task_ticket(task_id: int) -> str:
    """A task's number."""
    return f"H {task_id % ROUND * 2 + 1:04d}"


def order_number(order_no: str) -> str:
    """What a member says at the counter of an order of a cart: its last four characters, as the
    kiosk shows them."""
    return order_no[-4:]


def read_ticket(text: str) -> int | None:
    """The number of a ticket as typed (`H 0372`, `h0372`, `0372`), or None.

    >>> read_ticket("h 0372")
    372
    """
    found = _TICKET.fullmatch(text.strip())
    return int(found[1]) if found else None


def ids_of(number: int, newest: int, most: int = 4) -> list[int]:
    """Row ids that bear this number, the newest first; `newest` is the largest id there is."""
    rest = number // 2
    last = newest - (newest - rest) % ROUND
    return [one for one in range(last, 0, -ROUND)][:most]
