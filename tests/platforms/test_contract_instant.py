"""The benchmarks' platform keeps the contract: the same tests, on the same stage."""

from __future__ import annotations

import pytest

from core.sandbox.world import World
from tests.platforms import test_contract_redeem as redeem
from tests.platforms import test_contract_undo as undo
from tests.platforms.instant_stage import InstantStage

NEEDS_A_SERVER = {"test_the_platform_may_refuse_within_the_window"}
TESTS = [test for room in (redeem, undo) for name, test in vars(room).items()
         if name.startswith("test_") and name not in NEEDS_A_SERVER
         and tuple(test.__annotations__) == ("stage", "return")]


@pytest.mark.parametrize("test", TESTS, ids=[test.__name__ for test in TESTS])
def test_the_instant_platform_keeps_the_contract(test: object, world: World) -> None:
    assert callable(test)
    test(InstantStage(world))


def test_most_of_the_contract_is_tested_here() -> None:
    assert len(TESTS) >= 22
