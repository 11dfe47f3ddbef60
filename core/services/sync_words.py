"""A run of the sync as one line of chat, and the news of its end to whoever asked there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.services.staff_sentences import platform_name
from core.services.staff_words import Words, clock_time
from core.services.sync_views import RunView
from core.store import outbox
from core.store.sync_runs import DONE, FAILED, RUNNING, WAITING
from core.store.tables import SyncRun

SYNC_OVER = "sync_over"
"""The kind of the outbox row."""
CHAT = "bot"
STATES = {WAITING: Words("排上了", "queued"), RUNNING: Words("正在拉", "running"),
          DONE: Words("好了", "done"), FAILED: Words("没成，会再试", "failed, will retry")}


def line(run: RunView) -> Words:
    """`美团 14:33 正在拉 40%，120 单，新券 3 张`."""
    return _line(run.platform, run.created_at, run.state, run.orders_seen, run.vouchers_new,
                 f" {run.percent}%" if run.state == RUNNING else "")


def _line(platform: str, at: datetime, state: str, orders: int, vouchers: int,
          far: str = "") -> Words:
    name, how = platform_name(platform), STATES.get(state, Words(state, state))
    if state == WAITING:
        return Words(f"{name.zh} {clock_time(at)} {how.zh}", f"{name.en} {clock_time(at)} {how.en}")
    return Words(
        f"{name.zh} {clock_time(at)} {how.zh}{far}，{orders} 单，新券 {vouchers} 张",
        f"{name.en} {clock_time(at)} {how.en}{far}, {orders} orders, {vouchers} new vouchers")


def tell_over(run: SyncRun, state: str, at: datetime) -> bool:
    """Put the end of a run that was asked for in a chat into the outbox; whether it was. Runs
    inside the transaction that ends it."""
    if run.door != CHAT or run.asked_by is None:
        return False
    outbox.add(SYNC_OVER, str(run.id), outbox.bindings_of(run.asked_by), {
        "platform": run.platform.platform_code, "state": state, "asked": run.created_at.isoformat(),
        "orders": run.orders_seen, "vouchers": run.vouchers_new}, "sync_run", run.id, at)
    return True


def ended(payload: Mapping[str, Any], language: str) -> str:
    """What the chat shows of it."""
    said = _line(payload["platform"], datetime.fromisoformat(payload["asked"]), payload["state"],
                 payload["orders"], payload["vouchers"]).in_(language)
    return f"{'✅' if payload['state'] == DONE else '❌'} {said}"
