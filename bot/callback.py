"""What the two open callback addresses share: a bounded body, and refusals that say nothing."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from bot.envelope import MAX_BODY, BadCallback, Seal, field, read_xml

log = logging.getLogger(__name__)


def body() -> bytes:
    """The raw body, at most MAX_BODY bytes. Raises RequestEntityTooLarge."""
    request.max_content_length = MAX_BODY
    return request.get_data(cache=False)


def opened_body(seal: Seal) -> str:
    """The text inside a sealed body. Raises BadCallback."""
    sent = request.args
    return seal.open(field(read_xml(body()), "Encrypt"), sent.get("msg_signature", ""),
                     sent.get("timestamp", ""), sent.get("nonce", ""))


def refusals(door: Blueprint) -> None:
    """An open endpoint answers rubbish with 400, 403 or 413, and never with 500."""

    @door.errorhandler(BadCallback)
    def refuse(error: BadCallback) -> Response:
        log.warning("%s callback refused: %s", door.name, error.why)
        return plain("", error.status)

    @door.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        log.warning("%s callback refused: body too large", door.name)
        return plain("", 413)


def plain(text: str, status: int = 200) -> Response:
    """Text without quotes, mark or newline: how the platforms want it."""
    return Response(text, status, mimetype="text/plain")
