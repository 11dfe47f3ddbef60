"""What went wrong, what is wrong now, and the group robot that tells."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from kiosk.desk.access import needs
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.state import actor, services
from kiosk.desk.words import language

pages = Blueprint("alerts", __name__, url_prefix="/alerts")

PAGE_SIZE = 20
CHIPS = {"urgent": "refunded", "warning": "verifying", "info": "expired"}


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """The newest first."""
    everything = request.args.get("all") == "1"
    number = request.args.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = services().operations.alerts.listed(
        actor(), open_only=not everything, page=max(at, 1), page_size=PAGE_SIZE)
    return page("desk/alerts.html", found=found, everything=everything, spoken=language(),
                chips=CHIPS, base=lambda wanted: url_for(
                    "desk.alerts.listed", page=wanted, all="1" if everything else None))


@pages.get("/robot")
@needs(Role.MANAGER)
def robot() -> AnyResponse:
    """The key of the venue's group robot goes in here, and never comes out."""
    return page("desk/alerts_robot.html", errors={}, wanted=request.args.get("venue_id", ""),
                venues=services().admin.venues.listed(actor()))


@pages.post("/robot")
@needs(Role.MANAGER)
def set_robot() -> AnyResponse:
    """Keep it; an empty key takes the robot away."""
    form = Form()
    venue_id, key = form.number("venue_id"), form.text("robot_key", 200)
    if form.ok and venue_id:
        services().operations.alerts.set_robot(venue_id, key, actor())
        return done(url_for("desk.alerts.listed"))
    return page("desk/alerts_robot.html", 422, errors=form.errors, wanted=str(venue_id or ""),
                venues=services().admin.venues.listed(actor()))
