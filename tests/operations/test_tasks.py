"""A task is seen, taken, closed with a word; and passed up when nobody takes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, VoucherError
from core.services.redeem import RedeemRequest
from core.store.tables import Alert, Audit, Task
from tests.bot.talk import Talk
from tests.builders import Chain


def a_task(chain: Chain) -> int:
    """A voucher nobody mapped: work for the manager of 滨江店."""
    with pytest.raises(VoucherError):
        chain.services.redeem.request(
            RedeemRequest(code=chain.buy(sku="unmapped").code, phone="13700000001"), chain.kiosk)
    return int(chain.rows(Task)[-1].id)


def test_a_task_is_listed_where_it_belongs(chain: Chain) -> None:
    task_id, tasks = a_task(chain), chain.services.operations.tasks
    found = tasks.listed(chain.manager, state="open", kind="map_sku")
    assert [one.id for one in found["items"]] == [task_id] and found["total"] == 1
    assert "运动水壶礼盒" in found["items"][0].text("zh")
    assert tasks.listed(chain.western_clerk)["items"] == []
    assert tasks.listed(chain.owner)["total"] == 1
    with pytest.raises(NotAllowed):
        tasks.one(task_id, chain.western_clerk)
    with pytest.raises(NotFound):
        tasks.one(task_id + 1, chain.manager)


def test_closing_needs_a_word_and_is_booked_once(chain: Chain) -> None:
    task_id, tasks = a_task(chain), chain.services.operations.tasks
    with pytest.raises(InvalidInput):
        tasks.close(task_id, chain.manager, " ")
    closed = tasks.close(task_id, chain.manager, "配好了")
    assert (closed.state, closed.resolution, closed.closed_by_name) == ("done", "配好了", "梅雪")
    again = tasks.close(task_id, chain.owner, "另外一个说法")
    assert again == closed
    booked = chain.rows(Audit, Audit.action == "task.closed")
    assert [(row.subject_id, row.actor_id) for row in booked] == [(task_id, chain.manager.id)]
    (alert,) = chain.rows(Alert)
    assert alert.over_at is not None and alert.open_key is None


def test_one_person_has_it(chain: Chain) -> None:
    task_id, tasks = a_task(chain), chain.services.operations.tasks
    assert tasks.take(task_id, chain.clerk).taken_by_name == "林小满"
    assert tasks.take(task_id, chain.clerk).taken_by == chain.clerk.id
    with pytest.raises(Conflict) as refused:
        tasks.take(task_id, chain.manager)
    assert (refused.value.word, refused.value.facts["by"]) == ("task_taken", "林小满")


def test_what_nobody_takes_is_passed_up_once(chain: Chain, chat: Talk) -> None:
    a_task(chain)
    chat.deliver()
    before = len(chat.texts("梅雪")), len(chat.texts("老李"))
    tasks = chain.services.operations.tasks
    assert tasks.escalate() == 0
    chain.pass_time(timedelta(minutes=16))
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    chat.deliver()
    assert "16 分钟没人接" in chat.texts("梅雪")[-1]
    assert len(chat.texts("老李")) == before[1]
    chain.pass_time(timedelta(minutes=45))
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    chat.deliver()
    assert "61 分钟没人接" in chat.texts("老李")[-1]
    assert (len(chat.texts("梅雪")), len(chat.texts("老李"))) == (before[0] + 1, before[1] + 1)


def test_what_somebody_took_is_left_alone(chain: Chain) -> None:
    task_id, tasks = a_task(chain), chain.services.operations.tasks
    tasks.take(task_id, chain.clerk)
    chain.pass_time(timedelta(hours=3))
    assert tasks.escalate() == 0
