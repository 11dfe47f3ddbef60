"""Coupons in members' hands: how many, for whom, until when (P100, P118–P124)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.pricing.kinds import CouponStatus
from core.services.actor import Actor
from core.store.tables import MemberIdentity, PriceCoupon, PriceCouponClaim
from tests.services.pricing.photo_shop import PHOTOS, VLOG, PhotoShop
from tests.services.racing import together


def claim(shop: PhotoShop, coupon: int, actor: Actor | None = None, **more: Any) -> Any:
    return shop.pricing.coupons.claim(coupon, actor or shop.lin, **more)


def word_of(work: Any) -> str:
    with pytest.raises((Conflict, InvalidInput, NotAllowed, NotFound)) as refused:
        work()
    return refused.value.word


def test_a_claimed_coupon_lowers_the_price(shop: PhotoShop) -> None:
    view = claim(shop, shop.coupon(20))
    assert (view.status, view.user_id) == (CouponStatus.CLAIMED, shop.lin.id)
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.discount.fen == 2000
    assert not shop.price((PHOTOS, 1), actor=shop.wang).quote.discount


def test_one_member_claims_as_many_as_the_coupon_allows(shop: PhotoShop) -> None:
    coupon = shop.coupon(20, claim_limit=2)
    claim(shop, coupon)
    claim(shop, coupon)
    assert word_of(lambda: claim(shop, coupon)) == "coupon_claimed"
    claim(shop, coupon, shop.wang)
    assert shop.rows(PriceCoupon)[0].claimed_count == 3


def test_claiming_at_once_never_passes_the_limit(shop: PhotoShop) -> None:
    coupon = shop.coupon(20, claim_limit=2)
    results = together(*[lambda: claim(shop, coupon)] * 5)
    assert sorted(getattr(one, "word", "claimed") for one in results) == [
        "claimed"] * 2 + ["coupon_claimed"] * 3
    assert sorted(row.number for row in shop.rows(PriceCouponClaim)) == [1, 2]


def test_no_more_coupons_go_out_than_there_are(shop: PhotoShop) -> None:
    """I7: 已领完"""
    coupon = shop.coupon(20, total_quantity=4)
    results = together(*[lambda face=face: claim(shop, coupon, shop.kiosk, face_id=face)
                         for face in "abcdefgh"])
    assert sorted(getattr(one, "word", "claimed") for one in results) == [
        "claimed"] * 4 + ["coupon_gone"] * 4
    assert shop.rows(PriceCoupon)[0].claimed_count == len(shop.rows(PriceCouponClaim)) == 4


def test_only_a_standing_coupon_is_claimed(shop: PhotoShop) -> None:
    at = shop.clock.now()
    off = shop.coupon(20, status=0)
    over = shop.coupon(20, ends=at + timedelta(minutes=1))
    gone = shop.coupon(20)
    shop.pricing.coupon_configs.delete(gone, shop.owner)
    shop.pass_time(minutes=2)
    assert [word_of(lambda one=one: claim(shop, one)) for one in (off, over, gone)] == [
        "coupon_disabled", "coupon_over", "not_found"]
    assert word_of(lambda: claim(shop, shop.coupon(5), shop.kiosk)) == "claimer_needed"
    hill = shop.coupon(20, scenic_id=shop.hill)
    assert word_of(lambda: claim(shop, hill, shop.kiosk, face_id="f")) == "other_venue"


def test_a_coupon_over_is_expired_before_and_after_the_job(shop: PhotoShop) -> None:
    """P120: computed when read, stored by the job"""
    coupon = shop.coupon(20, ends=shop.clock.now() + timedelta(hours=1))
    claim(shop, coupon)
    shop.pass_time(hours=1)

    def seen() -> tuple[int, list[CouponStatus]]:
        mine = shop.pricing.coupons.mine(shop.lin, status=None)
        return len(shop.pricing.coupons.mine(shop.lin)), [one.status for one in mine]

    assert seen() == (0, [CouponStatus.EXPIRED])
    assert shop.pricing.coupons.expire() == 1
    assert shop.rows(PriceCouponClaim)[0].status == "expired"
    assert seen() == (0, [CouponStatus.EXPIRED])
    assert not shop.price((PHOTOS, 1), actor=shop.lin).quote.discount


def test_what_a_face_claimed_belongs_to_the_member_it_becomes(shop: PhotoShop) -> None:
    coupon = shop.coupon(20)
    claim(shop, coupon, shop.kiosk, face_id="face-new")
    with shop.services.store.connection():
        MemberIdentity.create(member=shop.lin.id, kind="face", external_id="face-new",
                              created_at=shop.clock.now())
    assert len(shop.pricing.coupons.mine(shop.lin)) == 1
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.discount
    assert word_of(lambda: claim(shop, coupon)) == "coupon_claimed"


def test_the_best_of_a_members_coupons_is_taken(shop: PhotoShop) -> None:
    """P197: best on what earlier discounts left"""
    for off, minimum in ((20, 200), (40, 220)):
        claim(shop, shop.coupon(off, minimum))
    assert shop.price((PHOTOS, 1), (VLOG, 1), actor=shop.lin).quote.discount.fen == 4000
    shop.bundle(discount_type="FIXED_DISCOUNT", amount_fen=10, min_types=2)
    answer = shop.price((PHOTOS, 1), (VLOG, 1), actor=shop.lin).quote
    assert [step.discount.fen for step in answer.steps] in ([4000], [1000, 2000])
    assert answer.discount.fen == 4000


def test_the_total_never_falls_below_what_was_claimed(shop: PhotoShop) -> None:
    coupon = shop.coupon(20, total_quantity=5)
    claim(shop, coupon)
    claim(shop, coupon, shop.wang)
    with pytest.raises(Conflict, match="below_claimed"):
        shop.pricing.coupon_configs.update(coupon, {"total_quantity": 1}, shop.owner)
    shop.pricing.coupon_configs.update(coupon, {"total_quantity": 2}, shop.owner)
