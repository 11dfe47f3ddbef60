"""Where the doors find what app.py built."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app

from core.api.rates import Rates

if TYPE_CHECKING:
    from core.wiring import Services


def attach(app: Flask, built: Services, redis_url: str | None = None) -> None:
    """Have the app speak for this installation; its rate limits begin anew."""
    app.extensions["hexiaotai"] = built
    app.extensions["hexiaotai.rates"] = Rates(redis_url)


def services() -> Services:
    """The services of the running app."""
    return cast("Services", current_app.extensions["hexiaotai"])


def rates() -> Rates:
    """The rate limits of the running app."""
    return cast(Rates, current_app.extensions["hexiaotai.rates"])
