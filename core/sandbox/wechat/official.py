"""WeChat official account: customer-service and template messages, menu (wechat.md 4.2, 5.3).

Sandbox choices: 20 customer-service messages per follower between two of his acts, then 45047;
followers follow until they send an unsubscribe event.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from core.sandbox.chat.talk import Talk
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import Refused, json_body, needs_token
from core.sandbox.wechat.envelope import success
from core.sandbox.wechat.fields import fault_of_fields
from core.sandbox.wechat.menu import fault_of_menu

WINDOW = 48 * 3600
IN_A_ROW = 20


def official_blueprint(sandbox: Sandbox, talk: Talk) -> Blueprint:
    bp = Blueprint("official", __name__, url_prefix="/cgi-bin")
    world, ledger = sandbox.world.official, sandbox.ledger
    followers = {user.userid for user in world.followers}
    authorised = needs_token(sandbox, "official")

    @bp.post("/message/custom/send")
    @authorised
    def custom_send() -> Response:
        body = json_body()
        openid, kind = str(body.get("touser") or ""), str(body.get("msgtype"))
        if openid not in followers:
            raise Refused(40003, "invalid openid")
        content = body.get(kind)
        if kind not in ("text", "image", "news", "msgmenu") or not isinstance(content, dict):
            raise Refused(40008, "invalid message type")
        if kind == "text":
            text = content.get("content")
            if not isinstance(text, str) or not text:
                raise Refused(44004, "empty content")
            if len(text.encode()) > 2048:
                raise Refused(45002, "content size out of limit")
        with ledger.change():
            _check_window(openid)
            talk.add("official", openid, "bot", kind, content)
            ledger.insert("pushed", platform="official", receiver=openid, at=ledger.now(),
                          body=json.dumps(body, ensure_ascii=False))
        return success()

    def _check_window(openid: str) -> None:
        row = ledger.row("SELECT MAX(at) AS at FROM messages WHERE channel = 'official' "
                         "AND userid = ? AND sender = 'user'", openid)
        acted = row["at"] if row is not None else None
        if acted is None or ledger.now() - acted > WINDOW:
            raise Refused(45015, "response out of time limit or subscription is canceled")
        sent = ledger.row("SELECT COUNT(*) AS n FROM pushed WHERE platform = 'official' "
                          "AND receiver = ? AND at > ?", openid, acted)
        if sent is not None and sent["n"] >= IN_A_ROW:
            raise Refused(45047, "out of response count limit")

    @bp.post("/message/template/send")
    @authorised
    def template_send() -> Response:
        body = json_body()
        openid = str(body.get("touser") or "")
        if openid not in followers:
            raise Refused(40003, "invalid openid")
        if body.get("template_id") != world.template_id:
            raise Refused(40037, "invalid template_id")
        if fault := fault_of_fields(body.get("data")):
            raise Refused(47003, f"argument invalid! {fault}")
        with ledger.change():
            if not _follows(openid):
                raise Refused(43004, "require subscribe")
            before = body.get("client_msg_id") and ledger.remembered(
                "template", str(body["client_msg_id"]))
            if before:
                return success(msgid=before[1])
            msgid = talk.add("official", openid, "bot", "template", body)
            if body.get("client_msg_id"):
                ledger.remember("template", str(body["client_msg_id"]), "", msgid)
        return success(msgid=msgid)

    def _follows(openid: str) -> bool:
        """What the person's latest (un)subscribe event says."""
        row = ledger.row(
            "SELECT body FROM messages WHERE channel = 'official' AND userid = ? "
            "AND kind = 'event' AND (body LIKE '%\"event\": \"subscribe\"%' "
            "OR body LIKE '%\"event\": \"unsubscribe\"%') ORDER BY id DESC LIMIT 1", openid)
        return row is None or json.loads(row["body"])["event"] == "subscribe"

    return bp


def menu_blueprint(sandbox: Sandbox) -> Blueprint:
    """`/cgi-bin/menu/create`, shared by both chat apps: the token tells which one it is."""
    bp = Blueprint("menus", __name__)
    bytes_of = {"wecom": (16, 40), "official": (16, 60)}

    def create(account: str) -> Response:
        menu = json_body()
        agent = str(sandbox.world.wecom.agentid)
        if account == "wecom" and request.args.get("agentid") != agent:
            raise Refused(40056, "invalid agentid")
        first, second = bytes_of[account]
        if fault := fault_of_menu(menu, first_bytes=first, second_bytes=second):
            raise Refused(40058 if account == "wecom" else 40016, fault)
        sandbox.ledger.set_meta(f"menu:{account}",
                                json.dumps(menu["button"], ensure_ascii=False))
        return success()

    @bp.post("/cgi-bin/menu/create")
    def menu_create() -> Response:
        token = sandbox.tokens.find(request.args.get("access_token", ""))
        account = "official" if token and token.owner == "official" else "wecom"
        return needs_token(sandbox, account)(lambda: create(account))()

    return bp
