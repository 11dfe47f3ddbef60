"""Keeping equal with the platforms: asking for it now, watching it, and the record of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.services.actor import Role
from core.services.staff_words import Words
from kiosk.desk.access import needs
from kiosk.desk.forms import Form
from kiosk.desk.frame import live, page
from kiosk.desk.showing import today
from kiosk.desk.state import actor, services

pages = Blueprint("sync", __name__, url_prefix="/sync")

PAGE_SIZE = 20
DAYS = 7
KINDS = {"incremental": Words("每 5 分钟", "every 5 minutes"),
         "sweep": Words("每 15 分钟", "sweep"),
         "status": Words("核对状态", "states"), "manual": Words("有人点的", "asked for")}
STATES = {"waiting": ("verifying", Words("排队", "waiting")),
          "running": ("verifying", Words("在同步", "running")),
          "done": ("redeemed", Words("同步好了", "done")),
          "failed": ("unknown", Words("没成", "failed"))}


@pages.get("/new")
def new() -> AnyResponse:
    """Which platform, which days."""
    return _new(Form())


@pages.post("/new")
def ask() -> AnyResponse:
    """Have the orders listed now; pressing twice gives the same runs."""
    form = Form()
    platform = request.form.get("platform", "")[:20]
    start, end = form.day("start_date", needed=False), form.day("end_date", needed=False)
    if form.ok:
        try:
            runs = services().platforms.sync.ask(actor(), platform=platform or None,
                                                 start_date=start, end_date=end)
            return redirect(url_for("desk.sync.progress",
                                    ids=",".join(str(run.id) for run in runs)), 303)
        except HexiaotaiError as error:
            form.refuse(error)
    return _new(form, 422)


def _new(form: Form, status: int = 200) -> AnyResponse:
    return page("desk/sync_new.html", status, errors=form.errors, sent=request.form,
                platforms=services().admin.platforms.known(),
                start=today() - timedelta(days=DAYS), end=today())


@pages.get("/progress")
def progress() -> AnyResponse:
    """The runs asked for, until they are done."""
    return page("desk/sync_progress.html", **_runs())


@pages.get("/progress/state")
def state() -> AnyResponse:
    """Their changing part."""
    return live("desk/sync_runs.html", **_runs())


def _runs() -> dict[str, Any]:
    ids = [int(one) for one in request.args.get("ids", "").split(",")[:20]
           if one.isascii() and one.isdigit() and len(one) < 19]
    runs = [services().platforms.sync.one(run_id, actor()) for run_id in ids]
    return {"runs": runs, "ids": request.args.get("ids", ""), "states": STATES, "kinds": KINDS,
            "settled": all(run.state in ("done", "failed") for run in runs)}


@pages.get("")
@needs(Role.MANAGER)
def runs() -> AnyResponse:
    """Every run, the newest first."""
    number = request.args.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return page("desk/sync.html", states=STATES, kinds=KINDS,
                found=services().platforms.sync.runs(actor(), page=max(at, 1),
                                                     page_size=PAGE_SIZE),
                base=lambda wanted: url_for("desk.sync.runs", page=wanted))
