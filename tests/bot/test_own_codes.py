"""批次 and 券码: our own discount codes looked at from the chat; nothing is used up."""

from __future__ import annotations

from typing import Any

import pytest

from core.pricing.kinds import VoucherCodeStatus
from core.store.tables import PriceVoucherBatch, PriceVoucherCode
from tests.bot.talk import Talk
from tests.builders import Chain


def a_batch(chain: Chain, name: str = "夏季", **columns: Any) -> PriceVoucherBatch:
    return chain.services.pricing.batches.create(
        {"name": name, "scenic_id": chain.binjiang, "discount_type": 2, "kept": 8500,
         "total_count": 3, **columns}, chain.owner)


def a_code(chain: Chain, batch: PriceVoucherBatch) -> str:
    return str(chain.rows(PriceVoucherCode, PriceVoucherCode.batch == batch.id)[0].code)


@pytest.mark.parametrize("said", ["批次 夏季", "批次 {id}", "batch 夏", "批次"])
def test_a_batch_by_number_or_name(chain: Chain, chat: Talk, said: str) -> None:
    batch = a_batch(chain)
    answer = chat.say(said.format(id=batch.id))
    assert "夏季" in answer and "8.5 折" in answer and "没领 3，能用 0，用过 0" in answer


def test_several_batches_are_listed(chain: Chain, chat: Talk) -> None:
    for name in ("夏季一", "夏季二", "秋季"):
        a_batch(chain, name)
    answer = chat.say("批次 夏季")
    assert "夏季一" in answer and "夏季二" in answer and "秋季" not in answer
    assert "批次 编号" in answer


def test_another_venues_batch_is_not_there(chain: Chain, chat: Talk) -> None:
    batch = a_batch(chain, scenic_id=chain.chengxi)
    assert "没找到" in chat.say(f"批次 {batch.id}") and "还没有" in chat.say("批次")
    assert "夏季" in chat.say(f"批次 {batch.id}", as_="老李")


@pytest.mark.parametrize("said", ["券码 {code}", "优惠码{code}", "code {code}", "查 {code}",
                                  "{code}"])
def test_an_own_code_says_how_it_stands(chain: Chain, chat: Talk, said: str) -> None:
    code = a_code(chain, a_batch(chain))
    answer = chat.say(said.format(code=code))
    assert "还没人领，这次没动它" in answer and "8.5 折" in answer and "夏季" in answer
    assert code not in answer.replace(" ", ""), "a clerk sees it masked"
    (row,) = chain.rows(PriceVoucherCode, PriceVoucherCode.code == code)
    assert row.status == VoucherCodeStatus.UNCLAIMED.code


def test_a_typo_is_caught_and_guessing_slowed_down(chain: Chain, chat: Talk) -> None:
    code = a_code(chain, a_batch(chain))
    wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
    assert "打错了一位" in chat.say(f"券码 {wrong}")
    for _ in range(9):
        chat.say(f"券码 {wrong}")
    assert "秒后再试" in chat.say(f"券码 {code}")


def test_another_venues_code_is_as_good_as_none(chain: Chain, chat: Talk) -> None:
    code = a_code(chain, a_batch(chain, scenic_id=chain.chengxi))
    assert "没有这个码" in chat.say(f"券码 {code}")
