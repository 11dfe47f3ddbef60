"""Batches of codes: made in pieces, resumed, unique, counted (P152–P163)."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidInput, NotAllowed, NotFound, PromotionUnclear
from core.services.pricing import batches as making
from core.store.tables import PriceVoucherBatch, PriceVoucherCode
from core.vouchers import owncode
from tests.services.pricing.photo_shop import PHOTOS, PhotoShop
from tests.services.pricing.test_claiming_codes import a_batch, claim, counters
from tests.services.racing import together


def test_a_small_batch_is_there_at_once(shop: PhotoShop) -> None:
    batch = a_batch(shop, 1000)
    assert counters(shop, batch) == (1000, 0, 0)
    assert shop.nudged == []


def test_a_large_batch_is_finished_by_the_job(shop: PhotoShop,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PIECE", 700)
    batch = a_batch(shop, 2500)
    assert counters(shop, batch) == (1000, 0, 0)
    assert shop.nudged == [making.JOB]
    assert shop.pricing.batches.generate() == "1500 codes, 0 batches unfinished"
    codes = [row.code for row in shop.rows(PriceVoucherCode)]
    assert len(set(codes)) == 2500
    assert all(owncode.check(code) for code in codes)
    assert {code[0] for code in codes} == {owncode.BATCH_LETTERS[batch % 13]}
    assert shop.pricing.batches.generate() == "0 codes, 0 batches unfinished"


def test_two_generators_make_what_one_would(shop: PhotoShop,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PIECE", 100)
    batch = a_batch(shop, 2000)
    results = together(*[shop.pricing.batches.generate] * 3)
    assert all(isinstance(one, str) for one in results), results
    assert counters(shop, batch) == (2000, 0, 0)
    assert len({row.code for row in shop.rows(PriceVoucherCode)}) == 2000


def test_a_code_that_exists_is_never_made_again(shop: PhotoShop,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    """the dice fall as they fell before; only then differently"""
    made: list[str] = []
    real = owncode.make

    def loaded(letter: str, random: Any) -> str:
        code = real(letter, random)
        made.append(code)
        return made[0] if len(made) in (2, 3) else code

    monkeypatch.setattr(making.owncode, "make", loaded)
    batch = a_batch(shop, 3)
    assert counters(shop, batch) == (3, 0, 0)
    assert len({row.code for row in shop.rows(PriceVoucherCode)}) == 3
    assert len(made) > 3


def test_paper_codes_are_good_in_anybodys_hand(shop: PhotoShop) -> None:
    batch = a_batch(shop, 2, on_paper=True)
    assert counters(shop, batch) == (2, 2, 0)
    code = shop.rows(PriceVoucherCode)[0].code
    for face in (None, "face-lin", "face-never-seen"):
        priced = shop.price((PHOTOS, 1), codes=(code,), face_id=face)
        assert priced.quote.discount, face


@pytest.mark.parametrize(("columns", "word"), [
    ({"discount_type": 9}, "unknown_code"), ({"kept": None}, "nothing_to_give"),
    ({"kept": 12_000}, "percentage_out_of_range"),
    ({"discount_type": 0, "kept": None, "product_types": '["PHOTO_SET"]'},
     "free_all_with_product_types"),
    ({"product_types": '["SOUP"]'}, "unknown_product_type"),
    ({"product_types": "{"}, "malformed_json")], ids=str)
def test_a_batch_that_nobody_can_explain_is_not_made(shop: PhotoShop, columns: dict[str, Any],
                                                     word: str) -> None:
    with pytest.raises(PromotionUnclear) as refused:
        a_batch(shop, **columns)
    assert refused.value.word == word
    assert shop.rows(PriceVoucherBatch) == []


def test_days_after_the_claim_make_no_sense_on_paper(shop: PhotoShop) -> None:
    with pytest.raises(InvalidInput, match="claim_days_on_paper"):
        a_batch(shop, on_paper=True, claim_days=3)


def test_batches_belong_to_their_venue(shop: PhotoShop) -> None:
    given = {"name": "春游", "scenic_id": shop.lake, "discount_type": 2, "kept": 8500,
             "total_count": 1}
    batch = shop.pricing.batches.create(given, shop.manager)
    for actor in (shop.clerk, shop.hill_manager, shop.kiosk, shop.lin):
        with pytest.raises(NotAllowed):
            shop.pricing.batches.create(given, actor)
    with pytest.raises(NotFound):
        shop.pricing.batches.get(batch.id, shop.hill_manager)
    with pytest.raises(NotFound):
        shop.pricing.batches.set_status(batch.id, 0, shop.hill_manager)
    assert shop.pricing.batches.page(shop.hill_manager, page=1, page_size=9).total == 0
    assert shop.pricing.batches.page(shop.clerk, page=1, page_size=9).total == 1


def test_the_figures_of_a_batch(shop: PhotoShop) -> None:
    """P162"""
    batch = a_batch(shop, 4)
    view = claim(shop, "face-1")
    claim(shop, "face-2")
    shop.pricing.codes.use(view.id, shop.clerk)
    stats = shop.pricing.batches.stats(batch, shop.clerk)
    assert (stats.unclaimed, stats.usable, stats.used, stats.used_up, stats.expired) == (
        2, 1, 1, 0, 0)
    assert (stats.batch.claimed_count, stats.batch.used_count) == (2, 1)
    assert (stats.claimed_rate, stats.used_rate) == (0.5, 0.25)
