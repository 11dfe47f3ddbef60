"""Kill -9 at every point where we and a platform can part: I1 and I2 hold after the restart.

The points are those of `core.services.crash_points`; tests/services/test_crash_points.py proves
that they are all there are, and the first test here that every one of them is visited.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.config import Settings
from core.services.crash_points import POINTS
from core.vouchers.redemption import State
from tests.chaos import stories
from tests.chaos.books import must_agree, ours, unsettled
from tests.chaos.doctor import visit
from tests.chaos.stories import Story, buying, buying_two
from tests.running import RunningShop

pytestmark = pytest.mark.chaos

Buy = Callable[[Story], None]
MEITUAN, DOUYIN = buying("meituan"), buying("douyin")
TWO_MEITUAN, TWO_DOUYIN = buying_two("meituan"), buying_two("douyin")
NAMES = {DOUYIN: "douyin", TWO_MEITUAN: "two-meituan", TWO_DOUYIN: "two-douyin"}
S = State


def points(*names: str) -> list[str]:
    """Every point of these transactions and calls."""
    return [point for point in POINTS if point.rsplit(".", 1)[0] in names]


AT_THE_DOOR: list[tuple[Callable[[Story], None], Buy, list[str], set[State]]] = [
    (stories.redeem, MEITUAN, points(
        "inspect.prepare", "redeem.request", "redeem.confirm", "verify.consume",
        "verify.settle"), {S.COMPLETED}),
    (stories.redeem, DOUYIN, points("inspect.prepare", "verify.consume", "verify.settle"),
     {S.COMPLETED}),
    (stories.redeem, TWO_MEITUAN, points("redeem.request", "redeem.confirm", "verify.consume",
                                         "verify.settle"), {S.COMPLETED}),
    (stories.redeem, TWO_DOUYIN, points("redeem.request", "redeem.confirm", "verify.consume",
                                        "verify.settle"), {S.COMPLETED}),
    (stories.undo, TWO_DOUYIN, points("undo.begin", "undo.cancel", "undo.finish"), {S.UNDONE}),
    (stories.redeem_forgotten_token, DOUYIN, points("verify.prepare", "verify.prepared"),
     {S.COMPLETED}),
    (stories.redeem_refused, MEITUAN, points("verify.refuse"), {S.REFUSED}),
    (stories.redeem_unanswered, MEITUAN, points("verify.uncertain"), {S.COMPLETED}),
    (stories.reject, MEITUAN, points("redeem.reject"), {S.REJECTED}),
    (stories.withdraw, MEITUAN, points("redeem.withdraw"), {S.WITHDRAWN}),
    (stories.remind, MEITUAN, points("redeem.remind"), {S.AWAITING_STAFF}),
    (stories.call_staff, MEITUAN, points("redeem.call_staff"), set()),
    (stories.unmapped, buying("meituan", sku="unmapped"), points("inspect.unmapped"), set()),
    (stories.unmapped, buying("meituan", sku="west_only"), points("inspect.elsewhere"), set()),
    (stories.undo, MEITUAN, points("undo.begin", "undo.cancel", "undo.finish"), {S.UNDONE}),
    (stories.undo, DOUYIN, points("undo.cancel", "undo.finish"), {S.UNDONE}),
    (stories.undo_refused, MEITUAN, points("undo.stands"), {S.COMPLETED}),
    (stories.undo_unanswered, MEITUAN, points("undo.uncertain"), {S.UNDONE}),
]
AT_THE_DOCTOR: list[tuple[Callable[[Story], None], list[str], set[State]]] = [
    (stories.redeem_unanswered, points("settle.claim", "verify.find", "verify.settle"),
     {S.COMPLETED}),
    (stories.undo_unanswered, points("undo.find", "undo.finish"), {S.UNDONE}),
    (stories.remind, points("settle.expire"), {S.EXPIRED}),
]
DOOR_CASES = [pytest.param(story, buy, point, ends,
                           id=f"{story.__name__}-{NAMES.get(buy, 'meituan')}-{point}")
              for story, buy, visited, ends in AT_THE_DOOR for point in visited]
DOCTOR_CASES = [pytest.param(story, point, ends, id=f"{story.__name__}-{point}")
                for story, visited, ends in AT_THE_DOCTOR for point in visited]


def test_every_point_is_visited() -> None:
    visited = {point for *_, where, _ in AT_THE_DOOR for point in where}
    visited |= {point for _, where, _ in AT_THE_DOCTOR for point in where}
    assert visited == set(POINTS)


def recover(shop: RunningShop, settings: Settings, story: Story) -> None:
    """The doctor comes, until nothing of this certificate is left unsettled."""
    for minutes in (1, 3, 5, 7):
        if not any(unsettled(ours(settings, one["certificate_id"], one["code"]))
                   for one in (story.bought, *story.others)):
            return
        assert visit(shop.environ, minutes) == 0


@pytest.mark.parametrize(("tell", "buy", "point", "ends"), DOOR_CASES)
def test_the_server_dies_while_somebody_is_served(
        shop: RunningShop, shop_settings: Settings, request: pytest.FixtureRequest,
        tell: Callable[[Story], None], buy: Buy, point: str, ends: set[State]) -> None:
    story = Story(shop, request.node.callspec.id[:100], point)
    buy(story)
    tell(story)
    assert story.deaths == 1, f"nothing happened at {point}"
    recover(shop, shop_settings, story)
    for bought in (story.bought, *story.others):
        books = must_agree(shop, shop_settings, bought)
        assert set(books.states) - {S.REFUSED} <= ends | {S.REFUSED}, books
        assert len([state for state in books.states if state in ends]) == min(len(ends), 1), books


@pytest.mark.parametrize(("tell", "point", "ends"), DOCTOR_CASES)
def test_the_doctor_dies_at_work(
        shop: RunningShop, shop_settings: Settings, request: pytest.FixtureRequest,
        tell: Callable[[Story], None], point: str, ends: set[State]) -> None:
    story = Story(shop, request.node.callspec.id[:100], "nowhere")
    story.bought = shop.buy("meituan")
    tell(story)
    expire = point.startswith("settle.expire")
    assert visit(shop.environ, kill_at=point, expire=expire) == -9, f"nothing at {point}"
    for minutes in (3, 5, 7):
        assert visit(shop.environ, minutes, expire=expire) == 0
    books = must_agree(shop, shop_settings, story.bought)
    assert set(books.states) == ends
    assert not unsettled(books)
