"""WeCom: gettoken, app messages and card updates (wechat.md 2, 4.3, 5.1).

Sandbox choices: a text or markdown of more than 2048 bytes is refused with 45002 (so that a
product notices), textcard fields likewise; the corporation has no parties or tags; an identical
message under enable_duplicate_check is answered like the first and not shown.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from flask import Blueprint, Response, request

from core.sandbox.chat.talk import Talk
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.access import LIFETIME, Refused, answering, json_body, needs_token
from core.sandbox.wechat.cards import INTERACTIVE, ResponseCodes, fault_of_card
from core.sandbox.wechat.envelope import success

PER_MINUTE, PER_HOUR = 30, 1000
"""Messages one member receives; what is more is dropped silently (wechat.md 5.1)."""

_LIMITS = {"text": {"content": 2048}, "markdown": {"content": 2048},
           "textcard": {"title": 128, "description": 512, "url": 2048}}
_KINDS = ("text", "textcard", "markdown", "news", "mpnews", "image", "voice", "video", "file",
          "miniprogram_notice", "template_card")


def wecom_blueprint(sandbox: Sandbox, talk: Talk) -> Blueprint:
    bp = Blueprint("wecom", __name__, url_prefix="/cgi-bin")
    world, ledger, tokens = sandbox.world.wecom, sandbox.ledger, sandbox.tokens
    codes = ResponseCodes(ledger)
    members = {user.userid for user in world.users}
    authorised = needs_token(sandbox, "wecom")

    @bp.get("/gettoken")
    @answering
    def gettoken() -> Response:
        if not request.args.get("corpid"):
            raise Refused(41002, "corpid missing")
        if not request.args.get("corpsecret"):
            raise Refused(41004, "corpsecret missing")
        if request.args["corpid"] != world.corpid:
            raise Refused(40013, "invalid corpid")
        if request.args["corpsecret"] != world.secret:
            raise Refused(40001, "invalid credential")
        with ledger.change():
            token = tokens.latest("wecom", "gettoken")
            if token is None or token.expires_at <= ledger.now():
                token = tokens.issue(secrets.token_urlsafe(120), "wecom", "gettoken", LIFETIME)
        return success(access_token=token.token, expires_in=int(token.expires_at - ledger.now()))

    @bp.post("/message/send")
    @authorised
    def send() -> Response:
        body = json_body()
        _check_agent(body.get("agentid"))
        kind = body.get("msgtype")
        if kind not in _KINDS or not isinstance(body.get(kind), dict):
            raise Refused(40008, "invalid message type")
        content = body[kind]
        _check_content(kind, content)
        reached, missed = _receivers(body)
        msgid = secrets.token_urlsafe(32)
        extra: dict[str, Any] = {}
        with ledger.change():
            task_id = str(content.get("task_id") or "") if kind == "template_card" else ""
            if task_id and talk.holders("wecom", task_id):
                raise Refused(42014, "task_id has been used")
            if not _is_repeated(body):
                for userid in reached:
                    _deliver(userid, kind, content, task_id)
            if kind == "template_card" and content["card_type"] in INTERACTIVE:
                extra["response_code"] = codes.issue(task_id)
        return success(invaliduser="|".join(missed), invalidparty=body.get("toparty") or "",
                       invalidtag=body.get("totag") or "", unlicenseduser="", msgid=msgid,
                       **extra)

    @bp.post("/message/update_template_card")
    @authorised
    def update_template_card() -> Response:
        body = json_body()
        _check_agent(body.get("agentid"))
        button, card = body.get("button"), body.get("template_card")
        if (button is None) == (card is None):
            raise Refused(40058, "either button or template_card")
        if button is not None and not (isinstance(button, dict) and button.get("replace_name")):
            raise Refused(40058, "button.replace_name missing")
        if card is not None and (fault := fault_of_card(card)):
            raise Refused(40058, fault)
        code = body.get("response_code")
        if not isinstance(code, str) or not code:
            raise Refused(40058, "response_code missing")
        with ledger.change():
            task_id = codes.spend(code)
            if task_id is None:
                raise Refused(42015, "invalid response_code")
            holders = talk.holders("wecom", task_id)
            named = holders if body.get("atall") == 1 else body.get("userids") or []
            if not isinstance(named, list) or not named:
                raise Refused(82001, "userids missing")
            for userid in named:
                if userid in holders:
                    show_update(talk, userid, task_id, button, card)
        return success(invaliduser=[userid for userid in named if userid not in holders])

    def _check_agent(agentid: object) -> None:
        if isinstance(agentid, bool) or str(agentid) != str(world.agentid):
            raise Refused(40056, "invalid agentid")

    def _check_content(kind: str, content: dict[str, Any]) -> None:
        for name, most in _LIMITS.get(kind, {}).items():
            text = content.get(name)
            if not isinstance(text, str) or not text:
                raise Refused(44004, f"{name} is empty")
            if len(text.encode()) > most:
                raise Refused(45002, f"{name} is longer than {most} bytes")
        if kind == "template_card" and (fault := fault_of_card(content)):
            raise Refused(42014 if fault == "invalid task_id" else 40058, fault)

    def _receivers(body: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Who gets it and whom nobody knows."""
        touser = str(body.get("touser") or "")
        if not touser and not body.get("toparty") and not body.get("totag"):
            raise Refused(82001, "touser, toparty and totag are all empty")
        if touser == "@all":
            return sorted(members), []
        named = list(dict.fromkeys(filter(None, touser.split("|"))))
        if len(named) > 1000:
            raise Refused(40058, "more than 1000 users")
        reached = [userid for userid in named if userid in members]
        if not reached:
            raise Refused(81013, "user & party & tag all invalid")
        return reached, [userid for userid in named if userid not in members]

    def _is_repeated(body: dict[str, Any]) -> bool:
        if not body.get("enable_duplicate_check"):
            return False
        interval = min(int(body.get("duplicate_check_interval") or 1800), 4 * 3600)
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        before = ledger.remembered("wecom.sent", digest)
        if before is not None and ledger.now() - float(before[1]) < interval:
            return True
        ledger.run("DELETE FROM answers WHERE scope = 'wecom.sent' AND key = ?", digest)
        ledger.remember("wecom.sent", digest, "", ledger.now())
        return False

    def _deliver(userid: str, kind: str, content: dict[str, Any], task_id: str) -> None:
        now = ledger.now()
        for seconds, most in ((60, PER_MINUTE), (3600, PER_HOUR)):
            row = ledger.row("SELECT COUNT(*) AS n FROM pushed WHERE platform = 'wecom' "
                             "AND receiver = ? AND at > ?", userid, now - seconds)
            if row is not None and row["n"] >= most:
                return
        ledger.insert("pushed", platform="wecom", receiver=userid, at=now,
                      body=json.dumps({kind: content}, ensure_ascii=False))
        talk.add("wecom", userid, "bot", kind, content, task_id)

    return bp


def show_update(talk: Talk, userid: str, task_id: str, button: dict[str, Any] | None,
                card: dict[str, Any] | None) -> None:
    """Grey the buttons of one person's card, or replace the whole card."""
    message = talk.card("wecom", userid, task_id)
    if message is None:
        return
    if card is not None:
        talk.change(message, body=card, state={"updated": True},
                    task_id=str(card.get("task_id") or task_id))
    elif button is not None:
        talk.change(message, body=message.body, task_id=task_id,
                    state={"replace_name": str(button["replace_name"])})


def menu_of(sandbox: Sandbox, account: str) -> Any:
    """The published menu of an account, [] when none is."""
    return json.loads(sandbox.ledger.meta(f"menu:{account}") or "[]")
