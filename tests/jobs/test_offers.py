"""The pricing module's jobs, and the demo's offers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.config import Settings
from core.services.pricing import batches as making
from core.store.tables import PriceBundle, PriceCouponClaim, PriceVoucherBatch, PriceVoucherCode
from jobs import demo_offers
from jobs.queues import LONG_NUDGES, SLOW
from jobs.schedule import BY_NAME
from tests.services.pricing.photo_shop import PHOTOS, VLOG, PhotoShop, a_photo_shop
from tests.services.pricing.test_claiming_codes import a_batch


@pytest.fixture
def shop(settings: Settings) -> Iterator[PhotoShop]:
    made = a_photo_shop(settings)
    yield made
    made.services.store.close()


def test_a_nudge_of_the_generator_reaches_a_job_that_may_take_its_time() -> None:
    job = BY_NAME[making.JOB]
    assert job.queue == SLOW
    assert LONG_NUDGES[making.JOB] >= 2 * making.WORK_SECONDS
    assert job.timeout >= 2 * making.WORK_SECONDS


def test_the_jobs_do_what_their_lines_say(shop: PhotoShop) -> None:
    """P120, P264–P266"""
    a_batch(shop, 1200, ends=shop.clock.now() + timedelta(hours=1))
    def run(name: str) -> str:
        return BY_NAME[name].run(shop.services)

    assert run("generate_codes") == "200 codes, 0 batches unfinished"
    used = shop.pricing.codes.claim(shop.kiosk, face_id="face-1")
    shop.pricing.codes.use(used.id, shop.clerk)
    shop.pricing.checkout.settle(shop.cart((PHOTOS, 1)), shop.kiosk)
    shop.pass_time(hours=2)
    assert run("expire_orders") == "1 not paid in time"
    assert run("expire_offers") == "1199 codes, 0 coupons over"
    assert run("check_counters") == "0 counters differ from their rows"
    shop.pass_time(days=31)
    assert run("purge_codes") == "1199 unclaimed codes deleted"
    assert run("archive_codes") == "0 codes archived"
    shop.pass_time(days=400)
    assert run("archive_codes") == "1 codes archived"
    assert run("check_counters") == "0 counters differ from their rows"


def test_the_demo_is_filled_once_and_its_codes_work(shop: PhotoShop) -> None:
    codes = demo_offers.fill(shop.services, shop.owner, [shop.lin])
    assert set(codes) == {"own_free_all", "own_reduce_price", "own_discount"}
    cart = shop.cart((PHOTOS, 2), (VLOG, 1))
    for code in codes.values():
        priced = shop.pricing.price.calculate(shop.cart((PHOTOS, 2), (VLOG, 1), codes=(code,)),
                                              shop.kiosk)
        assert not priced.refused
    before = [len(shop.rows(table)) for table in (PriceBundle, PriceCouponClaim,
                                                  PriceVoucherBatch, PriceVoucherCode)]
    assert demo_offers.fill(shop.services, shop.owner, [shop.lin]) == codes
    assert [len(shop.rows(table)) for table in (PriceBundle, PriceCouponClaim, PriceVoucherBatch,
                                                PriceVoucherCode)] == before
    assert shop.pricing.price.calculate(cart, shop.lin).quote.discount
