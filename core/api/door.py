"""Assembles the REST door: JSON, envelope, limits, errors, every blueprint, OpenAPI."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from core import logs
from core.api import (
    auth,
    authorisations,
    callbacks,
    entitlements,
    errors,
    handovers,
    health,
    operations,
    platforms,
    reconciliations,
    redemptions,
    statistics,
    sync,
    tasks,
    visits,
    vouchers,
)
from core.api.admin import DOORS as ADMINISTRATION
from core.api.errors import EnvelopeApi
from core.api.fields import MOST_WHOLE
from core.api.json import Json
from core.api.limits import count_call
from core.api.mini import DOORS as MEMBERS
from core.api.pricing import doors as pricing
from core.api.state import attach, services

if TYPE_CHECKING:
    from core.wiring import Services

MAX_BODY = 8 * 1024 * 1024
"""Photos are the largest thing anybody sends."""

DOORS = (redemptions.door, vouchers.door, statistics.door, platforms.door, auth.auth,
         auth.kiosks, tasks.door, tasks.alerts, reconciliations.door,
         health.door,
         authorisations.door, sync.door, entitlements.door,
         visits.members, visits.gates, handovers.kiosks, handovers.members,
         *pricing.DOORS, *ADMINISTRATION, *MEMBERS)


def register(app: Flask, built: Services, *, redis_url: str | None = None) -> None:
    """Add the REST door to the app."""
    app.json = Json(app)
    app.url_map.converters |= {"int": _Id, "string": _Text, "default": _Text}
    app.config.update(
        API_TITLE="核销台", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json", MAX_CONTENT_LENGTH=MAX_BODY,
        API_SPEC_OPTIONS={"components": {"securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"}}}},
    )
    attach(app, built, redis_url)
    app.before_request(_begin)
    app.teardown_request(_end)
    app.after_request(_finish)
    errors.register(app)
    api = EnvelopeApi(app)
    for door in DOORS:
        api.register_blueprint(door)
    app.register_blueprint(operations.door)
    app.register_blueprint(callbacks.door)


class _Id(IntegerConverter):
    """`<int:…>` in an address: what no database could hold is no id, so there is nothing there."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": MOST_WHOLE, **options})


class _Text(UnicodeConverter):
    """`<string:…>` in an address: PostgreSQL keeps no NUL, so nothing is called like that."""

    def to_python(self, value: str) -> str:
        if "\x00" in value:
            raise ValidationError
        return value


def _begin() -> None:
    g.request_id = logs.start_request(request.headers.get("X-Request-Id"))
    if request.path.startswith("/api/"):
        # One connection for the whole call: who is calling is looked up outside of any service.
        g.connection = ExitStack()
        g.connection.enter_context(services().store.connection())
        count_call()


def _end(error: BaseException | None) -> None:
    if "connection" in g:
        g.pop("connection").close()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
