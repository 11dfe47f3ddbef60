"""Several certificates of one order in one call; each platform in its own way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import VoucherError
from core.platforms.base import Consumed, Consumption, Piece
from tests.platforms.stage import Bought, Stage


def wish(stage: Stage, *bought: Bought) -> Consumption:
    """What a redemption of these would store: Douyin's are named, Meituan's are counted."""
    prepared = stage.prepared(bought[0])
    by_id = {one.certificate_id: one for one in prepared.certificates}
    lead = stage.intent_for(prepared, by_id[bought[0].certificate_id])
    if stage.name == "meituan":
        assert by_id[bought[0].certificate_id].siblings >= len(bought) - 1
        return replace(lead, siblings=len(bought) - 1)
    return replace(lead, further=tuple(
        Piece(one.certificate_id, by_id[one.certificate_id].handle, 1) for one in bought[1:]))


def named(done: Consumed) -> set[str]:
    return {use.certificate_id for use in done.uses}


def test_one_call_takes_them_all_and_names_each(stage: Stage) -> None:
    bought = stage.buy(quantity=3)
    done = stage.platform.consume(wish(stage, *bought), stage.shop)
    assert len(done.uses) == 3 and not done.refused
    others = {one.code if stage.name == "meituan" else one.certificate_id for one in bought[1:]}
    assert named(done) == {"", *others}
    assert [len(stage.live_uses(one)) for one in bought] == [1, 1, 1]


def test_an_identical_repetition_takes_no_more(stage: Stage) -> None:
    bought = stage.buy(quantity=3)
    asked = wish(stage, *bought[:2])
    first = stage.platform.consume(asked, stage.shop)
    assert stage.platform.consume(asked, stage.shop).uses == first.uses
    assert sum(len(stage.live_uses(one)) for one in bought) == 2


def test_what_became_of_a_lost_call_is_found_for_each(stage: Stage) -> None:
    bought = stage.buy(quantity=2)
    asked = wish(stage, *bought)
    assert stage.platform.find(asked, stage.shop) is None
    done = stage.platform.consume(asked, stage.shop)
    found = stage.platform.find(asked, stage.shop)
    assert found is not None
    assert {(use.certificate_id, use.verify_id) for use in found.uses} == {
        (use.certificate_id, use.verify_id) for use in done.uses}


def test_one_that_was_refunded_meanwhile(stage: Stage) -> None:
    """Douyin takes the others and says why not this one; Meituan takes all or none."""
    bought = stage.buy(quantity=2)
    asked = wish(stage, *bought)
    stage.refund(bought[1])
    if stage.name == "meituan":
        with pytest.raises(VoucherError) as caught:
            stage.platform.consume(asked, stage.shop)
        assert caught.value.word == "not_enough_uses"
        assert not stage.live_uses(bought[0])
        return
    done = stage.platform.consume(asked, stage.shop)
    assert named(done) == {""}
    assert [(one.certificate_id, one.word) for one in done.refused] == [
        (bought[1].certificate_id, "refunded")]


def test_each_is_taken_back_by_itself(stage: Stage) -> None:
    bought = stage.buy(quantity=2)
    asked = wish(stage, *bought)
    done = stage.platform.consume(asked, stage.shop)
    (use,) = [one for one in done.uses if one.certificate_id]
    other = replace(asked, certificate_id=use.certificate_id, further=(), siblings=0,
                    handle=use.certificate_id if stage.name == "meituan"
                    else asked.further[0].handle)
    undo = replace(stage.undo_of(other, done), verify_ids=(use.verify_id,))
    stage.platform.cancel(undo, stage.shop)
    assert [len(stage.live_uses(one)) for one in bought] == [1, 0]
