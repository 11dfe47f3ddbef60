"""Codes that staff use or take back, and what a code in the hand is worth (P39, P165,
P177–P179)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict, NotAllowed, NotFound
from core.store.tables import PriceVoucherCode, PriceVoucherUsage
from core.vouchers import owncode
from tests.services.pricing.photo_shop import PHOTOS, PhotoShop
from tests.services.pricing.test_checkout import paper_code, settle
from tests.services.pricing.test_claiming_codes import a_batch, claim, counters
from tests.services.racing import together


def test_staff_mark_a_use_and_the_batch_counts_it(shop: PhotoShop) -> None:
    """P165, P179"""
    batch = a_batch(shop)
    code = claim(shop)
    assert shop.pricing.codes.use(code.id, shop.clerk, reason="现场用").status.code == 2
    assert counters(shop, batch) == (3, 1, 1)
    (usage,) = shop.rows(PriceVoucherUsage)
    assert (usage.reason, usage.discount_fen.fen, usage.face_id) == ("现场用", 0, "face-lin")


def test_one_use_is_marked_once_however_many_click(shop: PhotoShop) -> None:
    batch = a_batch(shop)
    code = claim(shop)
    results = together(*[lambda: shop.pricing.codes.use(code.id, shop.clerk)] * 4)
    assert sorted(getattr(one, "word", "used") for one in results) == ["code_used"] * 3 + ["used"]
    assert counters(shop, batch) == (3, 1, 1)


@pytest.mark.parametrize(("state", "word"), [
    ("unclaimed", "code_not_claimed"), ("used", "code_used"), ("used up", "code_used_up"),
    ("expired", "code_expired")])
def test_only_a_usable_code_is_used(shop: PhotoShop, state: str, word: str) -> None:
    """P177"""
    a_batch(shop, 1, max_uses=2 if state == "used up" else 1,
            ends=shop.clock.now() + timedelta(hours=1))
    (row,) = shop.rows(PriceVoucherCode)
    if state != "unclaimed":
        claim(shop)
    for _ in range({"used": 1, "used up": 2}.get(state, 0)):
        shop.pricing.codes.use(row.id, shop.clerk)
    if state == "expired":
        shop.pass_time(hours=2)
    with pytest.raises(Conflict, match=word):
        shop.pricing.codes.use(row.id, shop.clerk)


def test_a_use_is_taken_back_by_a_manager_once(shop: PhotoShop) -> None:
    """Q6: 2→1 only by undo"""
    batch = a_batch(shop)
    code = claim(shop)
    shop.pricing.codes.use(code.id, shop.clerk)
    with pytest.raises(NotAllowed):
        shop.pricing.codes.undo(code.id, shop.clerk, "点错了")
    assert shop.pricing.codes.undo(code.id, shop.manager, "点错了").status.code == 1
    assert counters(shop, batch) == (3, 1, 0)
    with pytest.raises(Conflict, match="code_not_used"):
        shop.pricing.codes.undo(code.id, shop.manager, "点错了")


def test_a_use_in_an_order_is_refunded_there(shop: PhotoShop) -> None:
    code = paper_code(shop)
    order = settle(shop, (PHOTOS, 1), codes=(code,))
    (row,) = shop.rows(PriceVoucherCode)
    with pytest.raises(Conflict) as refused:
        shop.pricing.codes.undo(row.id, shop.manager, "")
    assert (refused.value.word, refused.value.facts) == (
        "code_in_order", {"orderNo": order.row.order_no})


def test_codes_of_another_venue_do_not_exist_for_its_neighbours(shop: PhotoShop) -> None:
    """P178"""
    a_batch(shop)
    code = claim(shop)
    for work in (shop.pricing.codes.use, shop.pricing.codes.undo):
        with pytest.raises(NotFound):
            work(code.id, shop.hill_manager, reason="")
    assert shop.pricing.codes.page(shop.hill_manager, page=1, page_size=9).total == 0


def test_clerks_see_masked_codes_managers_and_holders_whole_ones(shop: PhotoShop) -> None:
    """I8"""
    a_batch(shop, 1)
    whole = claim(shop).code
    seen = {actor.name: shop.pricing.codes.page(actor, page=1, page_size=9).items[0].code
            for actor in (shop.clerk, shop.manager)}
    assert seen == {"梅雪": whole, "林小满": seen["林小满"]}
    assert "*" in seen["林小满"] and whole not in seen["林小满"]
    assert shop.pricing.codes.mine(shop.lin)[0].code == whole


def test_what_a_code_in_the_hand_is_worth(shop: PhotoShop) -> None:
    """P39"""
    code = paper_code(shop, max_uses=3)
    found = shop.pricing.validations.look(owncode.in_fours(code).lower(), shop.kiosk)
    assert (found.valid, found.uses_left, found.code) == (True, 3, owncode.in_fours(code))
    assert found.gives is not None and found.gives.kept == 8500


def test_why_a_code_in_the_hand_is_worth_nothing(shop: PhotoShop) -> None:
    used, early, hill = (paper_code(shop), paper_code(
        shop, starts=shop.clock.now() + timedelta(days=1)), paper_code(shop, scenic_id=shop.hill))
    settle(shop, (PHOTOS, 1), codes=(used,))
    a_batch(shop, 1)
    free = shop.rows(PriceVoucherCode, PriceVoucherCode.status == 0)[0].code
    typo = used[:-1] + next(one for one in owncode.ALPHABET if one != used[-1])

    def word(code: str) -> str:
        found = shop.pricing.validations.look(code, shop.kiosk)
        assert not found.valid and code not in found.code
        return found.reason

    assert {word(used), word(early), word(hill), word(free), word(typo), word("12")} == {
        "code_used", "code_not_yet", "code_wrong_venue", "code_not_claimed", "own_code_typo",
        "voucher_not_found"}


def test_a_claimed_code_is_its_holders(shop: PhotoShop) -> None:
    a_batch(shop)
    code = claim(shop).code
    look = shop.pricing.validations.look
    assert look(code, shop.lin, scenic_id=shop.lake).valid
    assert look(code, shop.kiosk, face_id="face-lin").valid
    assert look(code, shop.wang, scenic_id=shop.lake).reason == "code_not_yours"
