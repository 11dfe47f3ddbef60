"""What every certificate platform does when it behaves; the same tests for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import business_day, day_ends
from core.errors import VoucherError
from core.money import Money, total
from core.vouchers.certificate import CertificateStatus
from core.vouchers.scan import Candidate, Form
from tests.platforms.stage import Stage


def refused(word: str) -> pytest.RaisesExc[VoucherError]:
    return pytest.RaisesExc(VoucherError, check=lambda error: error.word == word)


def test_a_typed_code_shows_what_was_bought(stage: Stage) -> None:
    bought = stage.buy_one(paid=199, original=299)
    prepared = stage.prepared(bought)
    (one,) = prepared.certificates
    sku = stage.world.sku(stage.name, "month_card")
    assert sku is not None
    assert (one.platform, one.certificate_id) == (stage.name, bought.certificate_id)
    assert (one.title, one.sku_id) == ("健身月卡 30 天", sku.deal_id)
    assert (one.original, one.paid) == (Money(299_00), Money(199_00))
    assert (one.uses_total, one.uses_left, one.times_card) == (1, 1, False)
    assert one.status is CertificateStatus.UNUSED
    assert one.order_id == stage.ledger(bought)["order_id"]
    assert prepared.log_id


def test_a_scanned_qr_is_the_same_certificate(stage: Stage) -> None:
    bought = stage.buy_one()
    (one,) = stage.platform.prepare(stage.scanned(bought), stage.shop).certificates
    assert one.certificate_id == bought.certificate_id


def test_validity_ends_at_midnight_after_its_last_day(stage: Stage) -> None:
    last = business_day(datetime.now(UTC)) + timedelta(days=9)
    (one,) = stage.prepared(stage.buy_one(expires=last.isoformat())).certificates
    assert one.expires == day_ends(last)


def test_looking_changes_nothing(stage: Stage) -> None:
    bought = stage.buy_one()
    stage.prepared(bought)
    stage.prepared(bought)
    assert stage.ledger(bought)["status"] == "unused"


def test_consuming_takes_one_use_and_says_which(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    consumed = stage.platform.consume(intent, stage.shop)
    (use,) = stage.live_uses(bought)
    assert [one.verify_id for one in consumed.uses] == [use["verify_id"]]
    assert use["key"] in (intent.key, intent.verify_token)
    assert use["venue"] == stage.shop.venue_id
    assert (consumed.code, consumed.log_id != "") == (bought.code, True)


def test_an_identical_repetition_gives_the_first_result(stage: Stage) -> None:
    bought = stage.buy_one()
    intent = stage.intent(bought)
    first = stage.platform.consume(intent, stage.shop)
    again = stage.platform.consume(intent, stage.shop)
    assert again.uses == first.uses
    assert len(stage.live_uses(bought)) == 1


def test_a_second_redemption_of_one_certificate_is_refused(stage: Stage) -> None:
    bought = stage.buy_one()
    first, second = stage.intent(bought), stage.intent(bought)
    stage.platform.consume(first, stage.shop)
    for _ in range(2):
        with refused("already_redeemed"):
            stage.platform.consume(replace(second, first_tried_at=stage.clock.now()), stage.shop)
    assert len(stage.live_uses(bought)) == 1


def test_a_used_certificate_tells_when_it_was_used(stage: Stage) -> None:
    bought = stage.buy_one()
    consumed = stage.platform.consume(stage.intent(bought), stage.shop)
    with refused("already_redeemed") as caught:
        stage.prepared(bought)
    told = datetime.fromisoformat(str(caught.value.facts["at"]))
    assert abs(told - consumed.at) < timedelta(minutes=1)


def test_a_certificate_of_another_shop_is_refused_unburnt(stage: Stage) -> None:
    bought = stage.buy_one("west_only")
    with refused("wrong_venue"):
        stage.prepared(bought)
    west = stage.platform.prepare(stage.typed(bought), stage.west)
    intent = stage.intent_for(west, west.certificates[0])
    with refused("wrong_venue"):
        stage.platform.consume(intent, stage.shop)
    assert stage.ledger(bought)["status"] == "unused"


def test_an_unknown_code_is_not_found(stage: Stage) -> None:
    digits = "9999999999" if stage.name == "meituan" else "999999999999999"
    with refused("voucher_not_found"):
        stage.platform.prepare(Candidate(stage.name, Form.CODE, digits), stage.shop)


@pytest.mark.parametrize("days", [1, 3], ids=["yesterday", "days ago"])
def test_an_expired_certificate_says_so(stage: Stage, days: int) -> None:
    bought = stage.buy_one(expires=business_day(stage.clock.now()).isoformat())
    stage.pass_time(timedelta(days=days))
    with refused("expired"):
        stage.prepared(bought)


def test_a_certificate_that_expires_before_the_last_step_says_so(stage: Stage) -> None:
    last_day = business_day(stage.clock.now())
    stage.pass_time(day_ends(last_day) - timedelta(minutes=1) - stage.clock.now())
    bought = stage.buy_one(expires=last_day.isoformat())
    intent = stage.intent(bought)
    stage.pass_time(timedelta(minutes=2))
    with refused("expired"):
        stage.platform.consume(intent, stage.shop)
    assert stage.ledger(bought)["used"] == 0


@pytest.mark.parametrize("state", ["refunded", "refunding"])
def test_a_refunded_certificate_says_so(stage: Stage, state: str) -> None:
    before, between = stage.buy_one(), stage.buy_one()
    stage.refund(before, state)
    with refused(state):
        stage.prepared(before)
    intent = stage.intent(between)
    stage.refund(between, state)
    with refused(state):
        stage.platform.consume(intent, stage.shop)


def test_a_times_card_counts_its_uses(stage: Stage) -> None:
    bought = stage.buy_one("times_card", paid=100, uses=3)
    (card,) = stage.prepared(bought).certificates
    assert (card.times_card, card.uses_total, card.uses_left) == (True, 3, 3)
    assert [amount.fen for amount in card.use_amounts] == [33_34, 33_33, 33_33]
    consumed = stage.platform.consume(stage.intent(bought, uses=2), stage.shop)
    assert sorted(use.verify_id for use in consumed.uses) == sorted(
        use["verify_id"] for use in stage.live_uses(bought))
    (card,) = stage.prepared(bought).certificates
    assert (card.uses_total, card.uses_left) == (3, 1)
    assert total(card.use_amounts) == Money(100_00)


def test_more_uses_than_left_take_none(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=3)
    intent = stage.intent(bought, uses=4)
    with refused("not_enough_uses"):
        stage.platform.consume(intent, stage.shop)
    assert stage.ledger(bought)["used"] == 0


def test_the_last_use_of_a_times_card_ends_it(stage: Stage) -> None:
    bought = stage.buy_one("times_card", uses=2)
    stage.platform.consume(stage.intent(bought, uses=2), stage.shop)
    with refused("already_redeemed"):
        stage.prepared(bought)


def test_each_certificate_of_an_order_is_used_by_itself(stage: Stage) -> None:
    first, second = stage.buy(quantity=2)
    stage.platform.consume(stage.intent(first), stage.shop)
    assert (stage.ledger(first)["used"], stage.ledger(second)["used"]) == (1, 0)
    stage.platform.consume(stage.intent(second), stage.shop)
    assert stage.ledger(second)["used"] == 1


def test_a_known_certificate_can_be_looked_up(stage: Stage) -> None:
    used, refunded, fresh = stage.buy_one(), stage.buy_one(), stage.buy_one()
    handles = {one: stage.intent(one).handle for one in (used, refunded, fresh)}
    stage.platform.consume(stage.intent(used), stage.shop)
    stage.refund(refunded)
    looked = {one: stage.platform.look_up(one.certificate_id, handle, stage.shop)
              for one, handle in handles.items()}
    assert [looked[one].status for one in (used, refunded, fresh)] == [
        CertificateStatus.USED, CertificateStatus.REFUNDED, CertificateStatus.UNUSED]
    assert all(looked[one].certificate_id == one.certificate_id for one in handles)
    assert looked[fresh].uses_left == 1


def test_both_clocks_need_not_agree_to_the_minute(stage: Stage) -> None:
    for minutes in (5, -5):
        stage.shift_platform(timedelta(minutes=minutes))
        bought = stage.buy_one()
        intent = stage.intent(bought)
        consumed = stage.platform.consume(intent, stage.shop)
        found = stage.platform.find(intent, stage.shop)
        assert found is not None
        assert [use.verify_id for use in found.uses] == [use.verify_id for use in consumed.uses]
