"""The official account's callback, plain or safe mode (wechat.md 3).

With an AES key configured the account is in safe mode, and a plain body is refused: its signature
does not cover the body, so anybody who saw one request could write another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, request

from bot import messages
from bot.answering import Counter
from bot.callback import body, opened_body, plain, refusals
from bot.envelope import (
    BadCallback,
    Seal,
    check_age,
    check_signature,
    field,
    read_xml,
    text_reply,
)

if TYPE_CHECKING:
    from core.wiring import Services

CHANNEL = "wechat"


def register(app: Flask, services: Services) -> None:
    """Add `/callbacks/wechat` to the app, if an official account is configured."""
    ours = services.settings.wechat_official
    if ours is None:
        return
    door = Blueprint("wechat", __name__)
    refusals(door)
    seal = Seal(ours.token, ours.aes_key, ours.appid) if ours.aes_key else None
    counter = Counter(services)

    def check_plain_signature() -> None:
        sent = request.args
        check_signature(sent.get("signature", ""), ours.token, sent.get("timestamp", ""),
                        sent.get("nonce", ""))
        check_age(sent.get("timestamp", ""), services.clock.now())

    @door.get("/callbacks/wechat")
    def verify_address() -> Response:
        """The platform checks the address once: echostr unchanged, also in safe mode."""
        check_plain_signature()
        return plain(request.args.get("echostr", ""))

    @door.post("/callbacks/wechat")
    def receive() -> Response:
        """A message or event; answered in the same connection."""
        if seal is None:
            check_plain_signature()
            fields = read_xml(body())
        elif request.args.get("encrypt_type") != "aes":
            raise BadCallback(403, "plain body in safe mode")
        else:
            check_age(request.args.get("timestamp", ""), services.clock.now())
            fields = read_xml(opened_body(seal))
        incoming = messages.read(fields, CHANNEL, ours.appid)
        text, at = counter.answer(incoming), services.clock.now()
        if not text:
            return plain("success")
        reply = text_reply(incoming.sender, field(fields, "ToUserName"), text, at)
        return Response(seal.close(reply, at) if seal else reply, mimetype="application/xml")

    app.register_blueprint(door)
