"""Where the pages of the desk find what app.py built, and who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g

from core.services.actor import Actor
from core.services.sign_in import DeskSession

if TYPE_CHECKING:
    from core.wiring import Services
    from kiosk.assets import Assets


def attach(app: Flask, built: Services) -> None:
    """Have the desk show this installation."""
    app.extensions["hexiaotai.desk.services"] = built


def services() -> Services:
    """The services of the running app."""
    return cast("Services", current_app.extensions["hexiaotai.desk.services"])


def assets() -> Assets:
    """The desk's static files."""
    return cast("Assets", current_app.extensions["hexiaotai.desk.assets"])


def session() -> DeskSession | None:
    """The recognised session of this request."""
    return cast("DeskSession | None", g.get("desk_session"))


def actor() -> Actor:
    """Who is signed in; the pages that call it need somebody."""
    found = session()
    assert found is not None, "a page without a session asked who is there"
    return found.actor
