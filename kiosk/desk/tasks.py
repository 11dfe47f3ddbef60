"""Work for people: who takes it, and what became of it."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.tasks import TaskView
from kiosk.desk.access import may_open
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services
from kiosk.desk.words import language

pages = Blueprint("tasks", __name__, url_prefix="/tasks")

PAGE_SIZE = 20


@pages.get("")
def listed() -> AnyResponse:
    """What is open, or what was done."""
    state = "done" if request.args.get("state") == "done" else "open"
    number = request.args.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = services().operations.tasks.listed(actor(), state=state, page=max(at, 1),
                                               page_size=PAGE_SIZE)
    return page("desk/tasks.html", found=found, state=state, spoken=language(), where=where,
                base=lambda wanted: url_for("desk.tasks.listed", state=state, page=wanted))


def where(task: TaskView) -> str:
    """The page on which a task is done; empty where there is none for this person."""
    if task.subject_kind == "voucher" and task.subject_id:
        return url_for("desk.vouchers.one", voucher_id=task.subject_id)
    endpoint = {"sku_mapping": "desk.skus.listed", "platform": "desk.platforms.listed",
                "platform_shop": "desk.platforms.listed",
                "kiosk": "desk.staff.listed"}.get(task.subject_kind)
    return url_for(endpoint) if endpoint and may_open(endpoint) else ""


@pages.post("/<int:task_id>/take")
def take(task_id: int) -> AnyResponse:
    """I do it: nobody else is bothered."""
    services().operations.tasks.take(task_id, actor())
    return done(url_for("desk.tasks.listed"))


@pages.get("/<int:task_id>/close")
def closing(task_id: int) -> AnyResponse:
    """Ask what was done about it."""
    return page("desk/task_close.html", spoken=language(), errors={},
                task=services().operations.tasks.one(task_id, actor()))


@pages.post("/<int:task_id>/close")
def close(task_id: int) -> AnyResponse:
    """Done, and how."""
    form = Form()
    said = form.text("resolution", 200, least=1)
    if form.does(services().operations.tasks.close, task_id, actor(), said):
        return done(url_for("desk.tasks.listed"))
    return page("desk/task_close.html", 422, spoken=language(), errors=form.errors,
                task=services().operations.tasks.one(task_id, actor()))
