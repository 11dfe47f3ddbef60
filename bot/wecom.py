"""The WeCom callback: verify, open, read, answer (wechat.md 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, request

from bot import messages
from bot.answering import Counter
from bot.callback import opened_body, plain, refusals
from bot.envelope import BadCallback, Seal, check_age, field, read_xml, text_reply
from bot.incoming import Incoming

if TYPE_CHECKING:
    from core.wiring import Services

CHANNEL = "wecom"


def register(app: Flask, services: Services) -> None:
    """Add `/callbacks/wecom` to the app, if a WeCom app is configured."""
    ours = services.settings.wecom
    if ours is None:
        return
    door = Blueprint("wecom", __name__)
    refusals(door)
    seal = Seal(ours.token, ours.aes_key, ours.corpid)
    counter = Counter(services)

    @door.get("/callbacks/wecom")
    def verify_address() -> Response:
        """WeCom checks the address once: the opened echostr, and nothing else."""
        sent = request.args
        check_age(sent.get("timestamp", ""), services.clock.now())
        return plain(seal.open(sent.get("echostr", ""), sent.get("msg_signature", ""),
                               sent.get("timestamp", ""), sent.get("nonce", "")))

    @door.post("/callbacks/wecom")
    def receive() -> Response:
        """A message or event; answered in the same connection."""
        at = services.clock.now()
        check_age(request.args.get("timestamp", ""), at)
        incoming = read(read_xml(opened_body(seal)), ours.corpid, ours.agentid)
        text = counter.answer(incoming)
        if not text:
            return plain("")
        reply = text_reply(incoming.sender, ours.corpid, text, at)
        return Response(seal.close(reply, at), mimetype="application/xml")

    app.register_blueprint(door)


def read(fields: messages.Fields, corpid: str, agentid: str) -> Incoming:
    """A verified message in our words. Raises BadCallback for another corp's or app's."""
    if field(fields, "ToUserName") != corpid or field(fields, "AgentID") not in ("", agentid):
        raise BadCallback(403, "addressee")
    return messages.read(fields, CHANNEL, corpid, agentid)
