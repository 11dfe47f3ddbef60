"""Pictures that people sent, by media id: the bot fetches them by URL or with media/get."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from flask import Blueprint, Response, request

from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import Refused, answering

KEPT = 200


class MediaShelf:
    """The latest pictures, in memory: a chat is not evidence."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: OrderedDict[str, bytes] = OrderedDict()

    def put(self, media_id: str, raw: bytes) -> str:
        with self._lock:
            self._held[media_id] = raw
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return media_id

    def get(self, media_id: str) -> bytes | None:
        with self._lock:
            return self._held.get(media_id)


def media_blueprint(sandbox: Sandbox, shelf: MediaShelf) -> Blueprint:
    bp = Blueprint("media", __name__)

    @bp.get("/_sandbox/media/<media_id>")
    def picture(media_id: str) -> Response:
        raw = shelf.get(media_id)
        return _image(raw) if raw is not None else Response(status=404)

    @bp.get("/cgi-bin/media/get")
    @answering
    def media_get() -> Response:
        token = sandbox.tokens.find(request.args.get("access_token", ""))
        if token is None or token.owner not in ("wecom", "official"):
            raise Refused(40014, "invalid access_token")
        if token.expires_at <= sandbox.ledger.now():
            raise Refused(42001, "access_token expired")
        raw = shelf.get(request.args.get("media_id", ""))
        if raw is None:
            raise Refused(40007, "invalid media_id")
        return _image(raw)

    return bp


def _image(raw: bytes) -> Response:
    kind = "image/png" if raw.startswith(b"\x89PNG") else "image/jpeg"
    return Response(raw, content_type=kind, headers={"X-Content-Type-Options": "nosniff"})
