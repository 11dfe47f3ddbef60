"""The line to the bot: what a person does in a chat becomes a signed, encrypted callback.

WeCom bodies are always encrypted; the official account is in safe mode unless
PUT /_sandbox/webhooks set its `mode` to "plain". A call that fails on the network or takes longer
than 5 s is made again up to 3 times, byte for byte (wechat.md 3.2). Sandbox choice: without a
pause in between.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import requests

from core.sandbox.chat.talk import Talk
from core.sandbox.sandbox import Sandbox
from core.sandbox.wechat.cards import ResponseCodes, button_keys
from core.sandbox.wechat.crypto import Envelope, Unreadable, same, signature
from core.sandbox.wechat.wecom import show_update

TIMEOUT = 5
ATTEMPTS = 4


class BotSilent(Exception):
    """The bot could not be reached, or what it answered cannot be read."""


class NotThere(Exception):
    """The person, card or button does not exist (any more)."""


@dataclass(frozen=True)
class Reply:
    """A passive reply as the bot gave it: "" and {} when it stayed silent."""

    kind: str
    text: str
    fields: dict[str, Any]


class Line:
    def __init__(self, sandbox: Sandbox, talk: Talk) -> None:
        self.sandbox = sandbox
        self.talk = talk
        world = sandbox.world
        self.codes = ResponseCodes(sandbox.ledger)
        self._seals = {"wecom": Envelope(world.wecom.aes_key, world.wecom.corpid),
                       "official": Envelope(world.official.aes_key, world.official.appid)}
        self._tokens = {"wecom": world.wecom.token, "official": world.official.token}
        self._me = {"wecom": world.wecom.corpid, "official": world.official.appid}
        self._last: dict[str, tuple[str, str, bytes]] = {}

    def channel_of(self, userid: str) -> str:
        """Which app a person is in; raises NotThere."""
        if any(user.userid == userid for user in self.sandbox.world.wecom.users):
            return "wecom"
        if any(user.userid == userid for user in self.sandbox.world.official.followers):
            return "official"
        raise NotThere(f"nobody is called {userid!r}")

    def say(self, userid: str, text: str) -> Reply:
        """A person types a text."""
        channel = self.channel_of(userid)
        self.talk.add(channel, userid, "user", "text", {"content": text})
        return self._tell(channel, userid, {"MsgType": "text", "Content": text,
                                            "MsgId": self._msg_id()})

    def photo(self, userid: str, media_id: str, url: str) -> Reply:
        """A person sends a picture that waits under a media id."""
        channel = self.channel_of(userid)
        self.talk.add(channel, userid, "user", "image", {"url": url, "media_id": media_id})
        return self._tell(channel, userid, {"MsgType": "image", "PicUrl": url,
                                            "MediaId": media_id, "MsgId": self._msg_id()})

    def event(self, userid: str, event: str, key: str = "", result: str = "",
              scan_type: str = "qrcode") -> Reply:
        """A menu click, a scan, a subscription: whatever carries an EventKey."""
        channel = self.channel_of(userid)
        fields: dict[str, Any] = {"MsgType": "event", "Event": event, "EventKey": key}
        if event.startswith("scancode_"):
            fields["ScanCodeInfo"] = {"ScanType": scan_type, "ScanResult": result}
        if event == "SCAN" or key.startswith("qrscene_"):
            fields["Ticket"] = secrets.token_urlsafe(24)
        self.talk.add(channel, userid, "user", "event",
                      {"event": event, "key": key, "result": result})
        return self._tell(channel, userid, fields)

    def click(self, userid: str, task_id: str, key: str) -> Reply:
        """A person presses a card's button; raises NotThere when there is none to press."""
        card = self.talk.card("wecom", userid, task_id)
        if card is None or key not in button_keys(card.body):
            raise NotThere("no such card or button")
        if card.state.get("replace_name") or card.body.get("replace_text"):
            raise NotThere("the buttons of this card are grey")
        return self._tell("wecom", userid, {
            "MsgType": "event", "Event": "template_card_event", "EventKey": key,
            "TaskId": task_id, "CardType": card.body["card_type"],
            "ResponseCode": self.codes.issue(task_id)}, task_id)

    def again(self, userid: str) -> Reply:
        """The platform repeats the last callback of a person, byte for byte."""
        if userid not in self._last:
            raise NotThere(f"{userid!r} has done nothing yet")
        channel, url, body = self._last[userid]
        return self._hear(channel, userid, self._post(url, body), "")

    def _tell(self, channel: str, userid: str, fields: dict[str, Any],
              task_id: str = "") -> Reply:
        now = str(int(self.sandbox.ledger.now()))
        told = {"ToUserName": self._me[channel], "FromUserName": userid, "CreateTime": int(now),
                **fields}
        if channel == "wecom":
            told["AgentID"] = self.sandbox.world.wecom.agentid
        url, body = self._wrap(channel, userid, write_xml(told), now)
        self._last[userid] = (channel, url, body)
        return self._hear(channel, userid, self._post(url, body), task_id)

    def _wrap(self, channel: str, userid: str, text: str, now: str) -> tuple[str, bytes]:
        """The address with its signature, and the body."""
        base = self.sandbox.courier.url(channel)
        if not base:
            raise BotSilent("no callback address is set")
        token, nonce = self._tokens[channel], str(secrets.randbelow(10**9))
        query = {"timestamp": now, "nonce": nonce}
        body = text
        if channel == "official":
            query = {"signature": signature(token, now, nonce), **query, "openid": userid}
        if channel == "wecom" or self.sandbox.ledger.meta("mode:official") != "plain":
            sealed = self._seals[channel].seal(text)
            if channel == "official":
                query["encrypt_type"] = "aes"
            query["msg_signature"] = signature(token, now, nonce, sealed)
            envelope: dict[str, Any] = {"ToUserName": self._me[channel], "Encrypt": sealed}
            if channel == "wecom":
                envelope["AgentID"] = str(self.sandbox.world.wecom.agentid)
            body = write_xml(envelope)
        return f"{base}{'&' if '?' in base else '?'}{urlencode(query)}", body.encode()

    def _post(self, url: str, body: bytes) -> bytes:
        trouble = ""
        for _ in range(ATTEMPTS):
            try:
                answer = requests.post(url, data=body, timeout=TIMEOUT, allow_redirects=False,
                                       headers={"Content-Type": "text/xml"})
            except requests.RequestException as error:
                trouble = type(error).__name__
                continue
            if answer.status_code != 200:
                raise BotSilent(f"HTTP {answer.status_code}")
            return answer.content
        raise BotSilent(trouble)

    def _hear(self, channel: str, userid: str, answer: bytes, task_id: str) -> Reply:
        """Read a passive reply, check its envelope, and show it."""
        if answer.strip() in (b"", b"success"):
            return Reply("", "", {})
        try:
            fields = read_xml(answer)
            if "Encrypt" in fields:
                stamp, nonce = str(fields.get("TimeStamp")), str(fields.get("Nonce"))
                made = signature(self._tokens[channel], stamp, nonce, fields["Encrypt"])
                if not same(made, str(fields.get("MsgSignature"))):
                    raise BotSilent("the reply's MsgSignature is wrong")
                fields = read_xml(self._seals[channel].open(fields["Encrypt"]).encode())
            elif channel == "wecom" or self.sandbox.ledger.meta("mode:official") != "plain":
                raise BotSilent("the reply is not encrypted")
        except (ElementTree.ParseError, Unreadable) as error:
            raise BotSilent(f"unreadable reply: {error}") from error
        if fields.get("ToUserName") != userid or fields.get("FromUserName") != self._me[channel]:
            raise BotSilent("the reply is not addressed to whoever spoke")
        return self._show(channel, userid, fields, task_id)

    def _show(self, channel: str, userid: str, fields: dict[str, Any], task_id: str) -> Reply:
        kind = str(fields.get("MsgType"))
        text = str(fields.get("Content") or "")
        if kind == "text":
            text = text.encode()[:2048].decode(errors="ignore")
            self.talk.add(channel, userid, "bot", "text", {"content": text})
        elif kind == "update_button":
            show_update(self.talk, userid, task_id,
                        {"replace_name": (fields.get("Button") or {}).get("ReplaceName")}, None)
        else:
            self.talk.add(channel, userid, "bot", kind, {"fields": fields})
        return Reply(kind, text, fields)

    def _msg_id(self) -> str:
        """64 bits, never repeated."""
        return str(7_300_000_000_000_000_000 + self.sandbox.ledger.next_number("msg_id"))


def write_xml(fields: dict[str, Any], name: str = "xml") -> str:
    """Text in CDATA, numbers bare, dicts nested, as the platforms write it."""
    inner = ""
    for key, value in fields.items():
        if isinstance(value, dict):
            inner += write_xml(value, key)
        elif isinstance(value, int):
            inner += f"<{key}>{value}</{key}>"
        else:
            safe = str(value).replace("]]>", "]]]]><![CDATA[>")
            inner += f"<{key}><![CDATA[{safe}]]></{key}>"
    return f"<{name}>{inner}</{name}>"


def read_xml(body: bytes) -> dict[str, Any]:
    """Nested dicts of texts; repeated names become a list."""
    def read(node: ElementTree.Element) -> Any:
        if len(node) == 0:
            return node.text or ""
        found: dict[str, Any] = {}
        for child in node:
            value = read(child)
            if child.tag in found:
                before = found[child.tag]
                found[child.tag] = [*(before if isinstance(before, list) else [before]), value]
            else:
                found[child.tag] = value
        return found

    whole = read(ElementTree.fromstring(body))
    return whole if isinstance(whole, dict) else {}
