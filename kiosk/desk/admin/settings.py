"""The way to everything that is set up once."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from core.services.actor import Role
from kiosk.desk import navigation
from kiosk.desk.access import needs
from kiosk.desk.frame import page
from kiosk.desk.state import services

pages = Blueprint("settings", __name__, url_prefix="/settings")


@pages.get("", endpoint="page")
@needs(Role.MANAGER)
def settings() -> AnyResponse:
    """The pages of the administration that this person may open."""
    return page("desk/admin/settings.html", entries=navigation.allowed(navigation.SETTINGS),
                unmapped=services().admin.skus.unmapped_count())
