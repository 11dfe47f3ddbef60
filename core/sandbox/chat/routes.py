"""`/chat` and the JSON behind it: a person of the demo talks with the bot.

    POST /_sandbox/chat/say    {userid, text}              → {reply, kind}
    POST /_sandbox/chat/click  {userid, task_id, key}      → {reply, kind}
    POST /_sandbox/chat/event  {userid, event, key?, result?, scan_type?}
    POST /_sandbox/chat/photo  {userid, image (base64)} or multipart userid, image
    POST /_sandbox/chat/resend {userid}                    the last callback again, same bytes
    GET  /_sandbox/chat/messages?userid=&since=            → {messages, seq}
    GET  /_sandbox/chat/people                             → {people, menus, skus}

A bot that cannot be reached answers 502 with an `error`, a missing person or card 404.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from core.sandbox.chat.line import BotSilent, Line, NotThere, Reply
from core.sandbox.chat.media import MediaShelf
from core.sandbox.chat.talk import Talk
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.wecom import menu_of
from core.sandbox.world import ChatUser

MOST = 8 * 1024 * 1024


def chat_blueprint(sandbox: Sandbox, talk: Talk, shelf: MediaShelf) -> Blueprint:
    bp = Blueprint("chat", __name__, template_folder="../templates")
    line = Line(sandbox, talk)

    @bp.errorhandler(NotThere)
    def not_there(error: NotThere) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 404

    @bp.errorhandler(BotSilent)
    def bot_silent(error: BotSilent) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 502

    @bp.get("/chat")
    def page() -> str:
        return render_template("chat.html")

    @bp.get("/_sandbox/chat/people")
    def people() -> Response:
        world = sandbox.world
        robots = tuple(ChatUser(key, "值班群", "群机器人发到这里")
                       for key in world.wecom.robot_keys)
        return jsonify({
            "people": [{"channel": channel, **asdict(user)} for channel, users in (
                ("wecom", world.wecom.users), ("official", world.official.followers),
                ("robot", robots)) for user in users],
            "skus": [{"platform": sku.platform, "key": sku.key, "title": sku.title}
                     for sku in world.skus],
            "menus": {account: menu_of(sandbox, account) for account in ("wecom", "official")}})

    @bp.get("/_sandbox/chat/messages")
    def messages() -> Response:
        since = request.args.get("since", 0, type=int)
        found = talk.since(since, request.args.get("userid"))
        shown = [{"id": one.id, "seq": one.seq, "channel": one.channel, "userid": one.userid,
                  "from": one.sender, "kind": one.kind, "text": _text(one.body),
                  "body": one.body, "task_id": one.task_id, "state": one.state, "at": one.at}
                 for one in found]
        return jsonify({"messages": shown, "seq": found[-1].seq if found else since})

    @bp.post("/_sandbox/chat/say")
    def say() -> Response:
        body = _body()
        return _answer(line.say(str(body.get("userid")), str(body.get("text") or "")))

    @bp.post("/_sandbox/chat/click")
    def click() -> Response:
        body = _body()
        return _answer(line.click(str(body.get("userid")), str(body.get("task_id")),
                                  str(body.get("key"))))

    @bp.post("/_sandbox/chat/event")
    def event() -> Response:
        body = _body()
        return _answer(line.event(str(body.get("userid")), str(body.get("event")),
                                  str(body.get("key") or ""), str(body.get("result") or ""),
                                  str(body.get("scan_type") or "qrcode")))

    @bp.post("/_sandbox/chat/photo")
    def photo() -> Response:
        file = request.files.get("image")
        if file is not None:
            userid, raw = request.form.get("userid", ""), file.read(MOST)
        else:
            body = _body()
            userid = str(body.get("userid"))
            try:
                raw = base64.b64decode(str(body.get("image") or ""), validate=True)
            except (binascii.Error, ValueError):
                raise NotThere("no picture: image must be base64") from None
        line.channel_of(userid)
        media_id = shelf.put(secrets.token_urlsafe(32), raw)
        return _answer(line.photo(userid, media_id,
                                  f"{sandbox.world.base_url}/_sandbox/media/{media_id}"))

    @bp.post("/_sandbox/chat/resend")
    def resend() -> Response:
        return _answer(line.again(str(_body().get("userid"))))

    return bp


def _answer(reply: Reply) -> Response:
    return jsonify({"reply": reply.text, "kind": reply.kind, "fields": reply.fields})


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any]) -> str:
    """A message in one line, for tests that only read."""
    if isinstance(body.get("content"), str):
        return str(body["content"])
    title = body.get("main_title")
    return str(title.get("title") or "") if isinstance(title, dict) else str(
        body.get("title") or "")
