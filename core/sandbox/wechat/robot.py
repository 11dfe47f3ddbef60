"""WeCom group robots: `/cgi-bin/webhook/send` (wechat.md 5.2). No token; the key is the secret.

Sandbox choice: bodies that break a limit answer 40058.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from flask import Blueprint, Response, request

from core.sandbox.chat.talk import Talk
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import Refused, answering, json_body
from core.sandbox.wechat.cards import fault_of_card
from core.sandbox.wechat.envelope import success

PER_MINUTE = 20
_TEXT_LIMITS = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}


def robot_blueprint(sandbox: Sandbox, talk: Talk) -> Blueprint:
    bp = Blueprint("robot", __name__)
    ledger = sandbox.ledger

    @bp.post("/cgi-bin/webhook/send")
    @answering
    def send() -> Response:
        key = request.args.get("key", "")
        if key not in sandbox.world.wecom.robot_keys:
            raise Refused(93000, "invalid webhook url")
        body = json_body()
        kind = body.get("msgtype")
        content = body.get(str(kind))
        if not isinstance(content, dict):
            raise Refused(40008, "invalid message type")
        if fault := _fault(str(kind), content):
            raise Refused(40058, fault)
        with ledger.change():
            now = ledger.now()
            row = ledger.row("SELECT COUNT(*) AS n FROM pushed WHERE platform = 'robot' "
                             "AND receiver = ? AND at > ?", key, now - 60)
            if row is not None and row["n"] >= PER_MINUTE:
                raise Refused(45009, "api freq out of limit")
            ledger.insert("pushed", platform="robot", receiver=key, at=now,
                          body=json.dumps(body, ensure_ascii=False))
            talk.add("robot", key, "bot", str(kind), content)
        return success()

    return bp


def _fault(kind: str, content: dict[str, Any]) -> str | None:
    if kind in _TEXT_LIMITS:
        text = content.get("content")
        if not isinstance(text, str) or not text:
            return "content missing"
        most = _TEXT_LIMITS[kind]
        return f"content exceed max length {most}" if len(text.encode()) > most else None
    if kind == "news":
        articles = content.get("articles")
        return None if isinstance(articles, list) and 1 <= len(articles) <= 8 and all(
            isinstance(one, dict) and one.get("title") and one.get("url") for one in articles
        ) else "1 to 8 articles with title and url"
    if kind == "template_card":
        if content.get("card_type") not in ("text_notice", "news_notice"):
            return "invalid card_type"
        return fault_of_card(content)
    if kind == "image":
        return _fault_of_image(content)
    if kind in ("file", "voice"):
        return None if content.get("media_id") else "media_id missing"
    return "invalid message type"


def _fault_of_image(content: dict[str, Any]) -> str | None:
    try:
        raw = base64.b64decode(str(content.get("base64") or ""), validate=True)
    except (binascii.Error, ValueError):
        return "invalid base64"
    if not raw or len(raw) > 2 * 1024 * 1024:
        return "image size"
    return None if hashlib.md5(raw).hexdigest() == content.get("md5") else "invalid md5"
