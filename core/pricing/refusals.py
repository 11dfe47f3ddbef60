"""Why a promotion is not applied: one small value per reason, with the facts that belong to it.

`code` is stable and is what doors and logs go by; sentences are in `phrases.py`.
A new kind of promotion may bring reasons of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.money import Money
from core.pricing.kinds import ProductType
from core.pricing.promotion import Promotion


@dataclass(frozen=True, slots=True)
class Refusal:
    """Base of all."""

    code: ClassVar[str] = "refused"


@dataclass(frozen=True, slots=True)
class NotStarted(Refusal):
    code: ClassVar[str] = "not_started"
    at: datetime


@dataclass(frozen=True, slots=True)
class Expired(Refusal):
    code: ClassVar[str] = "expired"
    at: datetime


@dataclass(frozen=True, slots=True)
class NothingCovered(Refusal):
    """Nothing in the cart is of the types it is for."""

    code: ClassVar[str] = "nothing_covered"
    wanted: tuple[ProductType, ...]


@dataclass(frozen=True, slots=True)
class TooFewUnits(Refusal):
    code: ClassVar[str] = "too_few_units"
    missing: int


@dataclass(frozen=True, slots=True)
class TooFewTypes(Refusal):
    """Too few different types of product."""

    code: ClassVar[str] = "too_few_types"
    missing: int


@dataclass(frozen=True, slots=True)
class CombinationIncomplete(Refusal):
    """`missing` units more, of the `wanted` types, complete a set."""

    code: ClassVar[str] = "combination_incomplete"
    wanted: tuple[ProductType, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class SpendTooLow(Refusal):
    """What it covers cost `then` at its turn. `discounted`: others had taken something off."""

    code: ClassVar[str] = "spend_too_low"
    missing: Money
    then: Money
    discounted: bool


@dataclass(frozen=True, slots=True)
class TriggerUnmet(Refusal):
    """Any one of these more would do; None where the rule does not ask for it."""

    code: ClassVar[str] = "trigger_unmet"
    units: int | None = None
    types: int | None = None
    missing: Money | None = None


@dataclass(frozen=True, slots=True)
class NotTogether(Refusal):
    """The `flag` of `flag_of`, one of the two, forbids it beside `other`, which is applied."""

    code: ClassVar[str] = "not_together"
    other: Promotion
    flag: str
    flag_of: Promotion


@dataclass(frozen=True, slots=True)
class SavesNothing(Refusal):
    """At its turn the cart cost `then`, and it would have changed nothing."""

    code: ClassVar[str] = "saves_nothing"
    then: Money


@dataclass(frozen=True, slots=True)
class NotCheaper(Refusal):
    """The cart would cost `instead` with it, in the place of `other` if that is given."""

    code: ClassVar[str] = "not_cheaper"
    instead: Money
    other: Promotion | None
