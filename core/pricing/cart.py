"""What a member wants to buy, priced per unit after the quantity tier was matched."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import PricingError
from core.money import MAX_FEN, Money
from core.pricing.kinds import ProductType
from core.pricing.promotion import MAX_COUNT


@dataclass(frozen=True, slots=True)
class CartLine:
    """`quantity` equal units of one product, and the `amount` that they cost together.

    Raises PricingError `bad_quantity`, `bad_price`.
    """

    product_type: ProductType
    product_id: str
    quantity: int
    unit_price: Money
    name: str = ""
    amount: Money = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.quantity <= MAX_COUNT:
            raise PricingError("bad_quantity", product_id=self.product_id)
        amount = self.unit_price * self.quantity
        if not 0 <= amount.fen <= MAX_FEN:
            raise PricingError("bad_price", product_id=self.product_id)
        object.__setattr__(self, "amount", amount)


@dataclass(frozen=True, slots=True)
class Cart:
    """The lines in the order in which the member sees them."""

    lines: tuple[CartLine, ...]
    _covered: dict[frozenset[ProductType], tuple[int, ...] | None] = field(
        init=False, repr=False, compare=False, default_factory=dict)

    def covered(self, types: frozenset[ProductType]) -> tuple[int, ...] | None:
        """Indices of the lines of these types, None when they are all lines, as for no types
        at all (checklist P121)."""
        if not types:
            return None
        if types in self._covered:  # dozens of promotions share a few sets; hashing enums is slow
            return self._covered[types]
        found: tuple[int, ...] | None = tuple(
            [index for index, line in enumerate(self.lines) if line.product_type in types])
        if found and len(found) == len(self.lines):
            found = None
        self._covered[types] = found
        return found

    def lines_of(self, types: frozenset[ProductType]) -> list[tuple[int, CartLine]]:
        """The lines of these types with their indices; all lines for none."""
        covered = self.covered(types)
        return list(enumerate(self.lines)) if covered is None else [
            (index, self.lines[index]) for index in covered]

    @property
    def total(self) -> Money:
        return Money(sum(self.amounts))

    @property
    def amounts(self) -> list[int]:
        """Fen of each line: what the engine works on."""
        return [line.amount.fen for line in self.lines]


def units_cost(amount: int, quantity: int, first: int) -> int:
    """Fen of the first `first` of `quantity` units that together cost `amount` fen.

    The units of a line are interchangeable, so they share what the line costs as evenly as whole
    fen allow, the earlier ones a fen dearer. As this only depends on the line's amount, no
    discount of a line can push a unit below zero or up.

    >>> [units_cost(100, 3, n) for n in range(4)]
    [0, 34, 67, 100]
    """
    each, dearer = divmod(amount, quantity)
    return each * first + min(first, dearer)
