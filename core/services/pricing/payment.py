"""Who takes the money for an order. The counter is the first; another is one more class here."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from core.money import Money
from core.services.actor import Actor


class PaymentProvider(Protocol):
    """`name` is kept with the order. `within`: how long an order may wait for its money."""

    @property
    def name(self) -> str: ...
    @property
    def within(self) -> timedelta: ...

    def has_it(self, amount: Money, actor: Actor) -> bool:
        """Whether the money is there in the moment in which the order is made."""
        ...


class Counter:
    """A clerk takes it: at once where he made the order himself, else when the member comes."""

    name = "counter"
    within = timedelta(minutes=30)

    def has_it(self, amount: Money, actor: Actor) -> bool:
        return actor.kind == "staff"


class Free:
    """There is nothing to pay."""

    name = "free"
    within = timedelta()

    def has_it(self, amount: Money, actor: Actor) -> bool:
        return True
