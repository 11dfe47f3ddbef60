"""Health, and the OpenAPI document with its offline page."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, current_app, render_template_string, send_from_directory

from core.api.state import services
from core.services.metrics import CONTENT_TYPE

door = Blueprint("operations", __name__)

SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>核销台 API</title><link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>"""
_START = "SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger-ui', validatorUrl: null});"


@door.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@door.get("/readyz")
def readyz() -> tuple[dict[str, object], int]:
    """The process can do its work: the database answers."""
    report = services().health.readiness()
    return report, 200 if report["ready"] else 503


@door.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus."""
    return current_app.response_class(services().operations.metrics.text(),
                                      content_type=CONTENT_TYPE)


@door.get("/docs")
def docs() -> str:
    """Swagger UI from its wheel: no request leaves the machine."""
    return render_template_string(_PAGE)


@door.get("/docs/start.js")
def docs_start() -> Response:
    return current_app.response_class(_START, mimetype="text/javascript")


@door.get("/docs/assets/<path:name>")
def docs_asset(name: str) -> Response:
    return send_from_directory(SWAGGER_FILES, name)
