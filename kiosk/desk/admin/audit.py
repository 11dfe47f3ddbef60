"""The audit book: who did what, when, by which door."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from core.services.staff_words import DOORS, Words
from kiosk.desk.access import needs
from kiosk.desk.admin.audit_words import NOUNS, done, named, told
from kiosk.desk.frame import page
from kiosk.desk.state import actor, services

pages = Blueprint("audit", __name__, url_prefix="/audit")

PAGE_SIZE = 50
ACTIONS = {noun: NOUNS[noun] for noun in (
    "redemption", "receipt", "voucher", "class", "member", "task", "finding", "reconciliation",
    "order", "batch", "bundle", "one_price", "coupon", "tier", "product", "sku", "staff",
    "binding", "kiosk", "printer", "platform", "platform_shop", "venue")}
"""What may be searched for."""
ACTORS = {"staff": Words("店员", "Staff"), "kiosk": Words("自助机", "Kiosk"),
          "member": Words("会员", "Member"), "system": Words("系统", "System"),
          "platform": Words("平台", "Platform"), "holder": Words("手机", "Phone")}


@pages.get("")
@needs(Role.MANAGER)
def search() -> AnyResponse:
    """Search; the newest first."""
    wanted: dict[str, Any] = {
        "action": _one_of("action", ACTIONS), "actor_kind": _one_of("actor_kind", ACTORS),
        "door": _one_of("door", DOORS), "start_date": _day("start_date"),
        "end_date": _day("end_date"), "actor_id": _number("actor_id"),
        "subject_kind": request.args.get("subject_kind", "")[:20],
        "subject_id": _number("subject_id")}
    number = min(_number("page") or 1, 1_000_000)
    found = services().admin.audit.page(actor(), page=number, page_size=PAGE_SIZE, **wanted)

    def at(page_number: int) -> str:
        return url_for("desk.audit.search", page=page_number, **{
            name: value for name, value in wanted.items() if value})

    return page("desk/admin/audit.html", found=found, wanted=wanted, at=at, actions=ACTIONS,
                actors=ACTORS, doors=DOORS, done=done, named=named, told=told)


def _one_of(name: str, known: dict[str, Words]) -> str:
    value = request.args.get(name, "")
    return value if value in known else ""


def _number(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
