"""Tasks, books, alerts and health, as those who run the shop see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.sandbox.app import create_sandbox
from core.sandbox.world import World
from core.store.tables import Finding, Redemption, RedemptionUse, Task
from core.vouchers.redemption import State
from jobs.schedule import BY_NAME
from kiosk.desk.job_words import JOBS
from tests.builders import PHONE, Chain
from tests.desk.conftest import Browser, Desk
from tests.sandbox.served import served


@pytest.fixture
def sandbox_url(world: World) -> Iterator[str]:
    """Platforms of this test alone: books are compared with everything they know."""
    with served(create_sandbox(world)) as url:
        yield url


@pytest.fixture
def task(clerk: Browser, chain: Chain) -> Task:
    """A member brought something that nobody mapped."""
    clerk.send("/desk/redeem", {"code": chain.buy("douyin", "unmapped").code})
    (row,) = chain.rows(Task)
    return row


def test_a_task_is_seen_counted_taken_and_closed_with_a_word(
        clerk: Browser, manager: Browser, chain: Chain, task: Task) -> None:
    assert manager.open("/desk/now").json["tasks"] == 1
    page = manager.text("/desk/tasks")
    assert "还没人接" in page and 'href="/desk/skus"' in page
    manager.send(f"/desk/tasks/{task.id}/take")
    assert "梅雪在办" in clerk.text("/desk/tasks")
    assert clerk.send(f"/desk/tasks/{task.id}/take").status_code == 409
    assert manager.send(f"/desk/tasks/{task.id}/close").status_code == 422
    manager.send(f"/desk/tasks/{task.id}/close", {"resolution": "配好了"})
    assert "没有要办的" in manager.text("/desk/tasks")
    assert "配好了" in manager.text("/desk/tasks?state=done")


def test_a_clerk_is_not_led_to_what_he_may_not_open(clerk: Browser, task: Task) -> None:
    assert 'href="/desk/skus"' not in clerk.text("/desk/tasks")


def test_equal_books_say_so(manager: Browser, chain: Chain) -> None:
    chain.redeem(chain.buy())
    manager.send("/desk/reconcile/run", {"day": chain.today, "venue_id": chain.binjiang})
    page = manager.text(f"/desk/reconcile?day={chain.today}")
    assert "美团" in page and "对得上" in page and "没有要处理的" in page


@pytest.fixture
def finding(manager: Browser, chain: Chain) -> Finding:
    """The platform has a redemption that our books have lost."""
    view = chain.redeem(chain.buy())
    with chain.store.connection():
        row = Redemption.get(Redemption.ref == view.ref)
        RedemptionUse.delete().where(RedemptionUse.redemption == row.id).execute()
        Redemption.update(state=State.REFUSED.value).where(Redemption.id == row.id).execute()
    chain.pass_time(timedelta(hours=2))
    manager.send("/desk/reconcile/run", {"day": chain.today, "venue_id": chain.binjiang})
    (found,) = chain.rows(Finding, Finding.kind == "platform_only")
    return found


def test_a_difference_shows_its_evidence_and_is_fixed_once(
        manager: Browser, chain: Chain, finding: Finding) -> None:
    day = re.search(r'name="day" value="([\d-]+)"', manager.text("/desk/reconcile"))
    assert day is not None
    assert manager.open("/desk/now").json["findings"] == 1
    path = f"/desk/reconcile/{finding.reconciliation_id}/findings/{finding.id}"
    page = manager.text(path)
    assert "平台说核销了，我们没有这笔" in page and "补开权益" in page and "证据" in page
    missing = manager.send(path, {"fix": "grant"})
    assert missing.status_code == 422 and "手机号要 11 位" in missing.text
    for _ in range(2):
        assert manager.send(path, {"fix": "grant", "phone": PHONE}).status_code == 200
    assert chain.rows(Finding, Finding.id == finding.id)[0].state == "fixed"
    assert manager.open("/desk/now").json["findings"] == 0


def test_a_use_that_the_platform_does_not_have_is_named_as_our_voucher_is(
        manager: Browser, chain: Chain) -> None:
    bought = chain.buy("douyin", "lessons")
    view = chain.redeem(bought)
    with chain.store.connection():
        made = Redemption.get(Redemption.ref == view.ref)
        product = made.voucher.product_name
        RedemptionUse.update(verify_id="lost").where(
            RedemptionUse.redemption == made.id).execute()
    chain.pass_time(timedelta(hours=2))
    manager.send("/desk/reconcile/run", {"day": chain.today, "venue_id": chain.binjiang})
    (found,) = chain.rows(Finding, Finding.kind == "local_only")
    page = manager.text(f"/desk/reconcile/{found.reconciliation_id}/findings/{found.id}")
    assert "我们记了，平台没有这笔" in page
    assert f"<small>{product}</small>" in page
    assert f"{bought.code[:4]} **** {bought.code[-2:]}" in page


def test_leaving_a_difference_needs_a_reason(
        manager: Browser, chain: Chain, finding: Finding) -> None:
    path = f"/desk/reconcile/{finding.reconciliation_id}/findings/{finding.id}"
    assert manager.send(path, {"fix": "accept"}).status_code == 422
    manager.send(path, {"fix": "accept", "reason": "店庆赠送"})
    assert chain.rows(Finding, Finding.id == finding.id)[0].reason == "店庆赠送"


def test_the_books_leave_as_a_file(manager: Browser, chain: Chain, finding: Finding) -> None:
    answer = manager.open(f"/desk/reconcile/export.csv?day={chain.today}")
    assert answer.status_code == 200 and "美团" in answer.data.decode("utf-8-sig")


def test_health_says_what_to_do(owner: Browser, chain: Chain) -> None:
    page = owner.text("/desk/health")
    for text in ("美团", "抖音", "滨江店", "城西店", "数据库"):
        assert text in page, text
    first = owner.open("/desk/health/state")
    assert first.status_code == 200 and first.headers["ETag"]


def test_every_scheduled_job_is_told_in_words(
        owner: Browser, manager: Browser, chain: Chain) -> None:
    slots = chain.services.slots
    for job, said in ((BY_NAME["settle"].timed, "3 settled"), (BY_NAME["purge"].timed, "9 keys")):
        taken = slots.take(job)
        assert taken is not None
        slots.finish(taken, said)
    day = slots.take_named("reconcile_day", "2026-11-21:1:1", 60)
    assert day is not None
    slots.finish(day, "done")
    page = owner.text("/desk/health/state")
    for name in (*BY_NAME, "reconcile_day"):
        assert f">{JOBS[name].zh}<" in page and f">{name}<" not in page, name
    for text in ("做完了", "还没到点", "3 settled", "9 keys"):
        assert text in page, text
    assert "3 settled" not in manager.text("/desk/health"), "the log's words are no manager's"
    chain.pass_time(timedelta(hours=1))
    assert "该跑没跑" in owner.text("/desk/health/state")


def test_a_manager_sees_the_health_of_his_own_venue(manager: Browser) -> None:
    page = manager.text("/desk/health")
    assert "滨江店</h2>" in page and "城西店</h2>" not in page


def test_alerts_are_listed_and_the_robots_key_never_shown(
        manager: Browser, task: Task, chain: Chain) -> None:
    assert manager.open("/desk/alerts?all=1").status_code == 200
    manager.send("/desk/alerts/robot", {"venue_id": chain.binjiang, "robot_key": "robot-secret"})
    for path in ("/desk/alerts", "/desk/alerts/robot", "/desk/audit"):
        assert "robot-secret" not in manager.text(path)


def test_another_venues_books_stay_closed(desk: Desk, manager: Browser, chain: Chain) -> None:
    answer = manager.send("/desk/reconcile/run", {"day": chain.today, "venue_id": chain.chengxi})
    assert answer.status_code == 403
