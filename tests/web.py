"""The web application of the test shops. Making one compiles some 250 routes and every template,
so a test process makes each kind once; every test has it speak for its own shop."""

from __future__ import annotations

from flask import Flask

from core.api import door
from core.api import state as rest
from core.wiring import Services
from kiosk.desk import state as desk
from kiosk.desk import views

_MADE: dict[str, Flask] = {}


def rest_of(services: Services) -> Flask:
    """The REST door of this shop, with fresh rate limits."""
    if "rest" not in _MADE:
        _MADE["rest"] = Flask("rest-test", static_folder=None)
        door.register(_MADE["rest"], services)
    rest.attach(_MADE["rest"], services)
    return _MADE["rest"]


def desk_of(services: Services) -> Flask:
    """The REST door and the desk of this shop, with fresh rate limits."""
    if "desk" not in _MADE:
        _MADE["desk"] = app = Flask("desk-test", static_folder=None)
        app.config.update(SESSION_COOKIE_SECURE=False)
        door.register(app, services)
        views.register(app, services)
    rest.attach(_MADE["desk"], services)
    desk.attach(_MADE["desk"], services)
    return _MADE["desk"]
