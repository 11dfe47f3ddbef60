"""Where Meituan and Douyin send notices, and where a merchant comes back to after authorising."""

from __future__ import annotations

import logging
from html import escape

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from core.api.errors import status_of
from core.api.phrases import sentence
from core.api.state import services
from core.errors import HexiaotaiError, InvalidInput, NotAllowed

log = logging.getLogger(__name__)

door = Blueprint("platform-callbacks", __name__, url_prefix="/callbacks")

MAX_BODY = 64 * 1024
"""Bytes; real notices are below two kilobytes."""
MAX_CODE = 256
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>核销台</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;margin:15vh auto 0;max-width:24em;padding:0 1em}}
</style></head><body><p>{text}</p></body></html>"""


def _body() -> bytes:
    request.max_content_length = MAX_BODY
    return request.get_data(cache=False, parse_form_data=False)


@door.post("/douyin")
def douyin() -> Response:
    """A webhook of the life service"""
    return jsonify(services().platforms.callbacks.douyin(
        _body(), request.headers.get("X-Douyin-Signature", "")))


@door.post("/meituan")
def meituan() -> Response:
    """A push of the partner gateway"""
    return jsonify(services().platforms.callbacks.meituan(_body()))


@door.get("/meituan/auth")
def meituan_authorised() -> tuple[Response, int]:
    """A merchant comes back from Meituan's authorisation page; told in words"""
    sent = request.args
    code, state = sent.get("code", ""), sent.get("state", "")
    if not 0 < len(code) <= MAX_CODE or not 0 < len(state) <= MAX_CODE:
        return _page(sentence("authorisation_state")), 400
    try:
        done = services().platforms.meituan.finish(code, state, sent.get("opBizName", "")[:100])
    except HexiaotaiError as error:
        log.warning("meituan authorisation: %s", error.word)
        return _page(sentence(error.word, error.facts)), status_of(error)
    return _page(sentence("authorised", {"venue": done.venue_name})), 200


def _page(text: str) -> Response:
    return Response(_PAGE.format(text=escape(text)), mimetype="text/html",
                    headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})


@door.errorhandler(NotAllowed)
def refuse(error: NotAllowed) -> tuple[Response, int]:
    """Not signed by the platform: it learns no more than that."""
    log.warning("callback %s refused: %s", request.path, error.word)
    return jsonify({"code": 403, "message": "refused"}), 403


@door.errorhandler(InvalidInput)
def unreadable(error: InvalidInput) -> tuple[Response, int]:
    """Rubbish, signed or not."""
    log.warning("callback %s unreadable: %s", request.path, error.word)
    return jsonify({"code": 400, "message": "unreadable"}), 400


@door.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> tuple[Response, int]:
    return jsonify({"code": 413, "message": "too large"}), 413
