"""What the doors of the sandbox share."""

from __future__ import annotations

from dataclasses import dataclass

from core.sandbox.certificates import Certificates
from core.sandbox.courier import Courier
from core.sandbox.faults import Faults
from core.sandbox.ledger import Ledger
from core.sandbox.rates import Rates
from core.sandbox.tokens import Tokens
from core.sandbox.world import World


@dataclass(frozen=True)
class Sandbox:
    world: World
    ledger: Ledger
    certificates: Certificates
    tokens: Tokens
    faults: Faults
    courier: Courier
    rates: Rates

    @classmethod
    def open(cls, world: World, ledger_path: str | None) -> Sandbox:
        """A sandbox over a ledger file (None: in memory)."""
        ledger = Ledger(ledger_path)
        return cls(world, ledger, Certificates(ledger), Tokens(ledger), Faults(),
                   Courier(world, ledger), Rates(ledger))
