"""Who may claim which code, and how often (P174–P176, decision Q7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import business_day, day_ends
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, VoucherError
from core.money import Money
from core.pricing.kinds import VoucherCodeStatus
from core.services.actor import Actor
from core.store.tables import PriceVoucherBatch, PriceVoucherCode
from core.vouchers import owncode
from tests.services.pricing.photo_shop import PHOTOS, PhotoShop
from tests.services.racing import together


def a_batch(shop: PhotoShop, count: int = 3, **columns: Any) -> int:
    """A batch of 8.5 折 codes at the lake."""
    given = {"name": "春游", "scenic_id": shop.lake, "discount_type": 2, "kept": 8500,
             "total_count": count, **columns}
    return int(shop.pricing.batches.create(given, shop.owner).id)


def claim(shop: PhotoShop, face: str = "face-lin", actor: Actor | None = None, **more: Any) -> Any:
    return shop.pricing.codes.claim(actor or shop.kiosk, face_id=face, **more)


def word_of(work: Any) -> str:
    with pytest.raises((Conflict, InvalidInput, NotAllowed, NotFound, VoucherError)) as refused:
        work()
    return refused.value.word


def counters(shop: PhotoShop, batch: int) -> tuple[int, int, int]:
    (row,) = shop.rows(PriceVoucherBatch, PriceVoucherBatch.id == batch)
    return row.generated_count, row.claimed_count, row.used_count


def test_a_claimed_code_is_usable_and_counted(shop: PhotoShop) -> None:
    """P157, P167"""
    batch = a_batch(shop)
    view = claim(shop)
    assert view.status is VoucherCodeStatus.CLAIMED_AVAILABLE
    assert owncode.check(owncode.normalise(view.code))
    assert (view.face_id, view.user_id) == ("face-lin", shop.lin.id)
    assert view.claimed_at is not None
    assert counters(shop, batch) == (3, 1, 0)
    assert shop.price((PHOTOS, 1), face_id="face-lin").quote.final == Money.yuan(108.80)


def test_one_claim_per_face_and_venue(shop: PhotoShop) -> None:
    """P156, P174: also of another batch; another venue is another story"""
    a_batch(shop)
    a_batch(shop)
    a_batch(shop, scenic_id=shop.hill)
    claim(shop)
    assert word_of(lambda: claim(shop)) == "already_claimed"
    assert word_of(lambda: claim(shop, actor=shop.lin, scenic_id=shop.lake)) == "already_claimed"
    claim(shop, actor=shop.lin, scenic_id=shop.hill)


def test_one_face_claiming_twice_at_once_gets_one_code(shop: PhotoShop) -> None:
    batch = a_batch(shop, 20)
    results = together(*[lambda: claim(shop)] * 6)
    assert sorted(getattr(one, "word", "claimed") for one in results) == [
        "already_claimed"] * 5 + ["claimed"]
    assert counters(shop, batch) == (20, 1, 0)
    assert len(shop.rows(PriceVoucherCode, PriceVoucherCode.face_id == "face-lin")) == 1


def test_when_all_are_claimed_the_next_one_hears_so(shop: PhotoShop) -> None:
    """P176"""
    batch = a_batch(shop, 2)
    claim(shop, "face-1")
    claim(shop, "face-2")
    assert word_of(lambda: claim(shop, "face-3")) == "codes_gone"
    assert counters(shop, batch) == (2, 2, 0)


def test_only_an_enabled_batch_in_its_time_may_be_claimed_from(shop: PhotoShop) -> None:
    """P175"""
    at = shop.clock.now()
    off = a_batch(shop)
    shop.pricing.batches.set_status(off, 0, shop.manager)
    early = a_batch(shop, starts=at + timedelta(days=1))
    late = a_batch(shop, ends=at + timedelta(seconds=1))
    shop.pass_time(seconds=2)
    assert word_of(lambda: claim(shop)) == "codes_gone"
    for batch, word in ((off, "batch_disabled"), (early, "batch_not_open"), (late, "batch_over"),
                        (9999, "not_found")):
        assert word_of(lambda batch=batch: claim(shop, batch_id=batch)) == word
    shop.pricing.batches.set_status(off, 1, shop.manager)
    claim(shop)


def test_a_disabled_batch_keeps_its_promise_to_those_who_claimed(shop: PhotoShop) -> None:
    batch = a_batch(shop)
    claim(shop)
    shop.pricing.batches.set_status(batch, 0, shop.manager)
    assert shop.price((PHOTOS, 1), face_id="face-lin").quote.discount


def test_a_brokers_codes_are_claimed_through_him(shop: PhotoShop) -> None:
    """P152: 推客"""
    a_batch(shop, 1)
    mine = a_batch(shop, 1, broker_id=77)
    assert claim(shop, "face-1", broker_id=77).batch.id == mine
    assert word_of(lambda: claim(shop, "face-2", broker_id=77)) == "codes_gone"
    assert claim(shop, "face-2").batch.id != mine


def test_the_batch_that_ends_first_is_given_out_first(shop: PhotoShop) -> None:
    at = shop.clock.now()
    a_batch(shop, 1)
    a_batch(shop, 1, ends=at + timedelta(days=9))
    soon = a_batch(shop, 1, ends=at + timedelta(days=2))
    assert claim(shop).batch.id == soon


def test_the_very_code_in_the_hand_can_be_claimed(shop: PhotoShop) -> None:
    a_batch(shop)
    code = shop.rows(PriceVoucherCode)[1].code
    shown = owncode.in_fours(code).lower()
    assert claim(shop, "face-1", code=shown).code == owncode.in_fours(code)
    assert word_of(lambda: claim(shop, "face-2", code=shown)) == "code_taken"
    wrong = code[:-1] + next(one for one in owncode.ALPHABET if one != code[-1])
    assert word_of(lambda: claim(shop, "face-2", code=wrong)) == "own_code_typo"
    assert word_of(lambda: claim(shop, "face-2", code="12")) == "voucher_not_found"


def test_a_paper_code_needs_no_claim(shop: PhotoShop) -> None:
    a_batch(shop, 1, on_paper=True)
    code = shop.rows(PriceVoucherCode)[0].code
    assert word_of(lambda: claim(shop, code=code)) == "code_on_paper"


def test_a_code_of_another_venue_says_where_it_belongs(shop: PhotoShop) -> None:
    """P178"""
    a_batch(shop, scenic_id=shop.hill)
    code = shop.rows(PriceVoucherCode)[0].code
    with pytest.raises(Conflict) as refused:
        claim(shop, code=code)
    assert (refused.value.word, refused.value.facts) == ("code_wrong_venue", {"venue": "山门"})


def test_days_after_the_claim_end_at_midnight_and_never_after_the_batch(shop: PhotoShop) -> None:
    at = shop.clock.now()
    a_batch(shop, 2, claim_days=3, ends=at + timedelta(days=30))
    assert claim(shop).expires_at == day_ends(business_day(at) + timedelta(days=3))
    a_batch(shop, 1, claim_days=30, ends=at + timedelta(hours=5), scenic_id=shop.hill)
    assert claim(shop, actor=shop.lin, scenic_id=shop.hill).expires_at == at + timedelta(hours=5)


def test_a_face_claims_once_for_ever_unless_the_batch_lets_go(shop: PhotoShop) -> None:
    """Q7: with the expiry job or before it came round"""
    a_batch(shop, 1, claim_days=0)
    a_batch(shop, 5, claim_days=0, release_on_expiry=True, broker_id=7)
    claim(shop, "face-kept")
    claim(shop, "face-free", broker_id=7)
    shop.pass_time(days=1)
    assert claim(shop, "face-free", broker_id=7)
    assert word_of(lambda: claim(shop, "face-kept", broker_id=7)) == "already_claimed"
    shop.pass_time(days=1)
    assert shop.pricing.codes.expire() == 2
    assert claim(shop, "face-free", broker_id=7)
    assert word_of(lambda: claim(shop, "face-kept", broker_id=7)) == "already_claimed"
    states = sorted(row.status for row in shop.rows(PriceVoucherCode))
    assert states == [0, 0, 1, 4, 4, 4]


def test_unclaimed_codes_end_with_their_batch(shop: PhotoShop) -> None:
    a_batch(shop, 3, ends=shop.clock.now() + timedelta(hours=1))
    shop.pass_time(hours=2)
    assert shop.pricing.codes.expire() == 3
    assert {row.status for row in shop.rows(PriceVoucherCode)} == {4}
    assert shop.pricing.codes.expire() == 0


def test_nobody_claims_for_somebody_else(shop: PhotoShop) -> None:
    a_batch(shop)
    assert word_of(lambda: claim(shop, "face-lin", shop.wang, scenic_id=shop.lake)) == "other_face"
    assert word_of(lambda: claim(shop, "face-x", scenic_id=shop.hill)) == "other_venue"
    assert word_of(lambda: shop.pricing.codes.claim(shop.kiosk)) == "claimer_needed"
    assert word_of(lambda: claim(shop, "@3")) == "bad_face"


def test_a_member_without_a_face_claims_as_himself(shop: PhotoShop) -> None:
    from core.store.tables import MemberIdentity

    with shop.services.store.connection():
        MemberIdentity.delete().where(MemberIdentity.member == shop.lin.id).execute()
    a_batch(shop)
    view = shop.pricing.codes.claim(shop.lin, scenic_id=shop.lake)
    assert view.user_id == shop.lin.id
    assert [one.id for one in shop.pricing.codes.mine(shop.lin)] == [view.id]
    assert shop.price((PHOTOS, 1), actor=shop.lin).quote.discount


def test_the_same_key_claims_once(shop: PhotoShop) -> None:
    from core.api.idempotency import SentKey

    a_batch(shop)
    key = SentKey("kiosk:1", "k1", "f" * 64)
    assert claim(shop, key=key).id == claim(shop, key=key).id
    other = SentKey("kiosk:1", "k1", "e" * 64)
    assert word_of(lambda: claim(shop, "face-2", key=other)) == "idempotency_conflict"
