"""The doctor: asks again at the right times, completes, repeats or refuses, and then calls for a
person (design section 3, step 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from core.errors import Conflict, NotAllowed, PlatformBusy, PlatformMisconfigured, VoucherError
from core.services.redeem import RedeemRequest
from core.store.tables import (
    Audit,
    Entitlement,
    OutboxMessage,
    Redemption,
    Task,
    VerificationLog,
)
from core.vouchers.redemption import LEASE, MOST_TRIES, State, VoucherStatus, retry_after
from tests.builders import PHONE
from tests.fakes.platform import lost
from tests.services.clinic import CODE, Clinic


def test_a_lost_answer_is_asked_for_and_completed(clinic: Clinic) -> None:
    clinic.platform.after = [lost]
    shown = clinic.ask()
    assert shown.state is State.UNCERTAIN
    assert clinic.settle.run().settled == 0
    clinic.wait(5)
    assert str(clinic.settle.run()) == "1 settled, 0 still unknown, 0 for a person"
    assert clinic.now(shown).state is State.COMPLETED
    assert clinic.platform.calls == ["prepare", "consume", "find"]
    assert clinic.platform.standing(CODE) == 1


def test_what_never_arrived_is_repeated_identically(clinic: Clinic) -> None:
    clinic.platform.script = [None, lost]
    shown = clinic.ask()
    row = clinic.chain.row(shown)
    before = (row.request_key, row.handle, row.verify_token, row.operator, row.operator_name)
    clinic.wait(5)
    clinic.settle.run()
    assert clinic.now(shown).state is State.COMPLETED
    assert clinic.platform.calls == ["prepare", "consume", "find", "consume"]
    row = clinic.chain.row(shown)
    assert before == (row.request_key, row.handle, row.verify_token, row.operator,
                      row.operator_name)


def test_a_part_of_the_uses_is_neither_granted_nor_refused(clinic: Clinic) -> None:
    """The log of a platform may lag behind (meituan.md 2.4): the rest shows later."""
    clinic.platform.after = [lost]
    shown = clinic.ask()
    key = clinic.chain.row(shown).request_key
    whole = clinic.platform.answers[key]
    clinic.platform.answers[key] = replace(whole, uses=())
    clinic.wait(5)
    assert clinic.settle.run().still_unknown == 1
    clinic.platform.answers[key] = whole
    clinic.wait(5)
    assert clinic.settle.run().settled == 1
    assert len(clinic.chain.rows(Entitlement)) == 1


def test_a_forgotten_prepare_is_made_anew(clinic: Clinic) -> None:
    """Douyin keeps a verify_token for a short while; nobody says how long (douyin.md 3.3)."""
    clinic.platform.script = [None, lost]
    shown = clinic.ask()
    old = clinic.chain.row(shown)
    clinic.platform.forget_tokens()
    clinic.wait(5)
    clinic.settle.run()
    assert clinic.now(shown).state is State.COMPLETED
    assert clinic.platform.calls[2:] == ["find", "consume", "find", "prepare", "consume"]
    new = clinic.chain.row(shown)
    assert new.verify_token != old.verify_token and new.handle != old.handle
    assert new.request_key == old.request_key


def test_a_worker_that_lost_its_lease_does_not_consume_a_fresh_prepare(clinic: Clinic) -> None:
    """It was stopped between preparing anew and consuming; the doctor went on meanwhile."""
    def doctor_first() -> None:
        clinic.wait(LEASE.total_seconds())
        clinic.settle.run()

    asked = clinic.redeem.request(RedeemRequest(code=CODE, phone=PHONE), clinic.chain.kiosk,
                                  platform="douyin")
    clinic.platform.forget_tokens()
    clinic.platform.script = [None, None, doctor_first]
    done = clinic.redeem.confirm(asked.ref, clinic.chain.clerk)
    assert done.state is State.COMPLETED
    assert clinic.platform.calls == [
        "prepare", "consume", "find", "prepare",
        "find", "consume", "find", "prepare", "consume"]
    assert clinic.platform.standing(CODE) == 1
    assert len(clinic.chain.rows(Entitlement)) == 1


def test_a_slow_yes_of_staff_needs_a_new_prepare_too(clinic: Clinic) -> None:
    asked = clinic.redeem.request(RedeemRequest(code=CODE, phone=PHONE), clinic.chain.kiosk,
                                  platform="douyin")
    clinic.platform.forget_tokens()
    assert clinic.redeem.confirm(asked.ref, clinic.chain.clerk).state is State.COMPLETED
    assert clinic.platform.standing(CODE) == 1


def test_it_asks_five_times_quickly_then_slowly_then_calls_a_person(clinic: Clinic) -> None:
    clinic.platform.script = [None] + [lost] * 100
    shown = clinic.ask()
    began = clinic.chain.clock.now()
    tries = [began]
    for _ in range(700):
        clinic.wait(1)
        calls = len(clinic.platform.calls)
        clinic.settle.run()
        if len(clinic.platform.calls) > calls:
            tries.append(clinic.chain.clock.now())
    gaps = [round((later - earlier).total_seconds()) for earlier, later in pairwise(tries)]
    assert len(tries) == MOST_TRIES
    assert all(5 <= gap <= 6 for gap in gaps[:4])
    assert all(40 <= gap <= 41 for gap in gaps[4:])

    stuck = clinic.now(shown)
    assert stuck.state is State.MANUAL and stuck.attempts == MOST_TRIES
    (task,) = clinic.chain.rows(Task)
    assert (task.kind, task.state) == ("settle_by_hand", "open")
    assert task.facts["platform_log_id"] == "20261121-lost"
    alerts = clinic.chain.rows(OutboxMessage, OutboxMessage.kind == "alert")
    assert {alert.recipient for alert in alerts} == {"meixue", "laoli"}
    assert clinic.chain.rows(Entitlement) == []


def test_the_schedule_is_the_platforms_own() -> None:
    waits = [retry_after(tries) for tries in range(1, MOST_TRIES + 1)]
    assert waits == [timedelta(seconds=5)] * 4 + [timedelta(seconds=40)] * 9 + [None]


def test_a_manager_asks_once_more_and_the_task_is_done(clinic: Clinic) -> None:
    clinic.platform.script = [None] + [lost] * 200
    shown = clinic.ask()
    for _ in range(20):
        clinic.wait(41)
        clinic.settle.run()
    assert clinic.now(shown).state is State.MANUAL
    with pytest.raises(NotAllowed):
        clinic.settle.again(shown.ref, clinic.chain.clerk)
    clinic.platform.script = []
    done = clinic.settle.again(shown.ref, clinic.chain.manager)
    assert done.state is State.COMPLETED
    assert [task.state for task in clinic.chain.rows(Task)] == ["done"]
    assert clinic.platform.standing(CODE) == 1
    with pytest.raises(Conflict):
        clinic.settle.again(shown.ref, clinic.chain.manager)


def test_a_process_that_died_after_the_yes_is_picked_up_when_its_lease_ends(
        clinic: Clinic) -> None:
    asked = clinic.redeem.request(RedeemRequest(code=CODE, phone=PHONE), clinic.chain.kiosk,
                                  platform="douyin")
    at = clinic.chain.clock.now()
    with clinic.chain.store.connection():
        Redemption.update(state="verifying", confirmed_by=1, first_tried_at=at, attempts=1,
                          operator_name="林小满", next_try_at=at + LEASE).execute()
    assert clinic.settle.run().settled == 0
    clinic.wait(LEASE.total_seconds())
    assert clinic.settle.run().settled == 1
    done = clinic.now(asked)
    assert done.state is State.COMPLETED and done.attempts == 2
    assert clinic.platform.calls == ["prepare", "find", "consume"]


def test_two_doctors_share_the_work(clinic: Clinic) -> None:
    clinic.platform.script = [None, lost]
    shown = clinic.ask()
    clinic.wait(5)
    row = clinic.chain.row(shown)
    assert clinic.settle.settle_one(row.id) is State.COMPLETED
    assert clinic.settle.settle_one(row.id) is None
    assert clinic.platform.calls.count("consume") == 2


def test_a_late_answer_and_the_doctor_settle_once(clinic: Clinic) -> None:
    """The door's own call comes back after the doctor has finished the job."""
    def doctor_first() -> None:
        clinic.wait(LEASE.total_seconds())
        assert clinic.settle.run().settled == 1

    clinic.platform.after = [doctor_first]
    done = clinic.ask()
    assert done.state is State.COMPLETED
    assert len(clinic.chain.rows(Entitlement)) == 1
    assert len(clinic.chain.rows(VerificationLog)) == 1
    assert len(clinic.chain.rows(Audit, Audit.action == "redemption.completed")) == 1


def test_somebody_elses_use_found_later_refuses(clinic: Clinic) -> None:
    clinic.platform.script = [None, lost]
    shown = clinic.ask()
    clinic.platform._held[CODE].uses.append(("somebody else", "V1"))
    clinic.wait(5)
    clinic.settle.run()
    no = clinic.now(shown)
    assert no.state is State.REFUSED
    assert no.error is not None and no.error.error == "already_redeemed"
    assert no.voucher_status is VoucherStatus.REDEEMED


@pytest.mark.parametrize("vague", [
    VoucherError("voucher_not_found"), PlatformBusy("douyin"), PlatformMisconfigured("douyin")])
def test_a_vague_answer_to_the_question_refuses_nothing(clinic: Clinic,
                                                        vague: Exception) -> None:
    def answer() -> None:
        raise vague

    clinic.platform.after = [lost]
    shown = clinic.ask()
    clinic.platform.script = [answer]
    clinic.wait(5)
    assert clinic.settle.run().still_unknown == 1
    assert clinic.now(shown).state is State.UNCERTAIN
    clinic.wait(5)
    clinic.settle.run()
    assert clinic.now(shown).state is State.COMPLETED


def test_a_lost_undo_is_asked_for_and_finished(clinic: Clinic) -> None:
    done = clinic.ask()
    clinic.platform.after = [lost]
    shown = clinic.redeem.undo(done.ref, clinic.chain.clerk, "拍错了")
    assert shown.state is State.UNDO_UNCERTAIN and shown.result is not None
    clinic.wait(5)
    clinic.settle.run()
    assert clinic.now(done).state is State.UNDONE
    assert clinic.platform.calls[-2:] == ["cancel", "find_cancelled"]
    assert clinic.chain.rows(Entitlement)[0].status == "taken_back"


def test_an_undo_that_never_arrived_is_repeated_until_the_window_closes(clinic: Clinic) -> None:
    done = clinic.ask()
    clinic.platform.script = [lost]
    clinic.redeem.undo(done.ref, clinic.chain.clerk, "拍错了")
    clinic.wait(3700)
    clinic.settle.run()
    stands = clinic.now(done)
    assert stands.state is State.COMPLETED
    assert stands.error is not None and stands.error.error == "undo_window_passed"
    assert clinic.chain.rows(Entitlement)[0].status == "active"
    assert clinic.platform.standing(CODE) == 1


def test_an_undo_nobody_answers_calls_a_person(clinic: Clinic) -> None:
    done = clinic.ask()
    clinic.platform.script = [lost] * 100
    clinic.redeem.undo(done.ref, clinic.chain.clerk, "拍错了")
    for _ in range(30):
        clinic.wait(41)
        clinic.settle.run()
    assert clinic.now(done).state is State.UNDO_UNCERTAIN
    (task,) = clinic.chain.rows(Task)
    assert task.kind == "settle_by_hand"
    clinic.platform.script = []
    assert clinic.settle.again(done.ref, clinic.chain.manager).state is State.UNDONE
    assert [task.state for task in clinic.chain.rows(Task)] == ["done"]


def test_who_was_told_unknown_hears_how_it_ended(clinic: Clinic) -> None:
    clinic.platform.after = [lost]
    clinic.ask()
    assert clinic.chain.rows(OutboxMessage) == []
    clinic.wait(5)
    clinic.settle.run()
    (news,) = clinic.chain.rows(OutboxMessage)
    assert (news.kind, news.recipient) == ("redemption_done", "linxiaoman")
    assert news.payload["state"] == "completed"
    assert news.payload["result"]["result_type"] == 1
