"""Error → HTTP: one table of statuses; every error leaves in the envelope."""

from __future__ import annotations

import logging
from threading import Lock
from typing import Any, cast

from flask import Flask, Response, current_app, request
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException, InternalServerError

from core import errors
from core.api.envelope import ErrorEnvelope, request_id
from core.api.phrases import sentence
from core.vouchers.reading import Reason

log = logging.getLogger(__name__)

BY_WORD = {
    **{reason.value: 422 for reason in Reason},
    "voucher_not_found": 404,
    "phone_needed": 422,
    "inspection_expired": 410,
    "image_too_large": 413,
    "platform_disabled": 503,
    "login_code_wrong": 401,
    "user_blocked": 403,
    "phone_code_wrong": 422,
    "phone_unreadable": 422,
    "phone_not_mainland": 422,
}
"""Words whose status differs from that of their class."""

BY_CLASS: tuple[tuple[type[errors.HexiaotaiError], int], ...] = (
    (errors.InvalidInput, 422),
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooManyRequests, 429),
    (errors.VoucherError, 409),
    (errors.PricingError, 422),
    (errors.PlatformRefused, 409),
    (errors.PlatformBusy, 503),
    (errors.PlatformUnknown, 504),
    (errors.PlatformMisconfigured, 503),
    (errors.PlatformError, 502),
)


def status_of(error: errors.HexiaotaiError) -> int:
    """The HTTP status of one of our errors; 500 would be a hole in the table."""
    if error.word in BY_WORD:
        return BY_WORD[error.word]
    return next((status for kind, status in BY_CLASS if isinstance(error, kind)), 500)


def answer(status: int, word: str, facts: dict[str, Any], *,
           message: str | None = None) -> Response:
    """An error in the envelope, in the caller's language."""
    body = {
        "code": status, "error": word, "message": message or sentence(word, facts),
        "facts": facts, "data": None, "request_id": request_id(),
    }
    response = cast(Response, current_app.json.response(body))
    response.status_code = status
    if "retry_after" in facts:
        response.headers["Retry-After"] = str(facts["retry_after"])
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer_error(error: errors.HexiaotaiError) -> Response:
    """One of our own errors; the platform's log id goes to our log and to staff, not to members."""
    if isinstance(error, errors.PlatformError):
        log.warning("platform %s: %s log_id=%s", error.platform, error.word, error.log_id)
        return answer(status_of(error), error.word, {**error.facts, "platform": error.platform})
    return answer(status_of(error), error.word, error.facts)


class EnvelopeApi(Api):
    """flask-smorest's Api with our error body; it also keeps the `Allow` header of a 405.

    The document is written when somebody first reads it: it takes longer than everything else
    that a starting process does.
    """

    ERROR_SCHEMA = ErrorEnvelope

    def __init__(self, app: Flask) -> None:
        self._unwritten: list[Blueprint] = []
        self._writing = Lock()
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Its routes now, its part of the document later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._unwritten.append(blp)

    def _openapi_json(self) -> Any:
        with self._writing:
            while self._unwritten:
                blp = self._unwritten.pop(0)
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name,
                                          parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
        return super()._openapi_json()

    def handle_http_exception(self, error: HTTPException) -> Any:
        code = error.code or 500
        data = getattr(error, "data", None) or {}
        facts = {"errors": data["messages"]} if "messages" in data else {}
        if code == 422 and request.method in ("POST", "PUT", "PATCH") and not request.is_json \
                and request.content_length:
            code = 415
        word = WORDS.get(code, "invalid_input" if code < 500 else "internal_error")
        response = answer(code, word, facts)
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response


WORDS = {
    400: "bad_request", 401: "not_signed_in", 403: "not_allowed", 404: "not_found",
    405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type",
    422: "invalid_input", 429: "too_many_requests", 500: "internal_error",
}


def register(app: Flask) -> None:
    """Handlers for the whole app: pages replace them below their own paths if they wish."""

    app.register_error_handler(errors.HexiaotaiError, answer_error)

    @app.errorhandler(InternalServerError)
    def broken(error: InternalServerError) -> Response:
        log.error("unhandled error", exc_info=error.original_exception)
        return answer(500, "internal_error", {})
