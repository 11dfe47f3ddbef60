"""Audit and verification log of many certificates at once (invariant I4). Callers hold a
transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.store import bulk
from core.store.audit import Who
from core.store.db import Store
from core.store.tables import Audit, VerificationLog

AUDITED = ("action", "subject_kind", "subject_id", "venue_id", "from_state", "to_state",
           "actor_kind", "actor_id", "door", "platform_log_id", "request_id", "facts",
           "created_at")
LOGGED = ("voucher", "operation_type", "remark", "operator_id", "actor_kind", "door",
          "platform_log_id", "created_at")


def audit(store: Store, actor: Who,
          rows: Iterable[tuple[str, str, int, int | None, str, str]], at: datetime) -> None:
    """(action, subject kind, subject id, venue id, from state, to state)"""
    bulk.insert(store, Audit, AUDITED, [
        (*row, actor.kind, actor.id, actor.door, "", "", {}, at) for row in rows])


def log(store: Store, actor: Who, rows: Iterable[tuple[int, int, str]], at: datetime) -> None:
    """(voucher id, operation type, remark) of what no staff member did."""
    bulk.insert(store, VerificationLog, LOGGED, [
        (*row, 0, actor.kind, actor.door, "", at) for row in rows])
