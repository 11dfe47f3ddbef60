"""The fields of a verified message or event in our words, the same for both chats (wechat.md 4.1).

Menu entries, scans and QR codes become what their sender might as well have typed, so that there
is one command table and nothing beside it.
"""

from __future__ import annotations

from bot.envelope import BadCallback, field
from bot.incoming import Incoming, Kind, message_key

Fields = dict[str, object]
QR_SCENE = "qrscene_"
"""Before the scene of a QR code when somebody follows the account through it."""


def read(fields: Fields, channel: str, app_id: str, agent: str = "") -> Incoming:
    """A message of one app. Its key tells it from every other one, also from another event of
    the same second (wechat.md 3.3). Raises BadCallback for one without a sender."""
    sender, event = field(fields, "FromUserName"), field(fields, "Event").lower()
    if not sender:
        raise BadCallback(400, "sender")
    task = field(fields, "TaskId")
    told_apart = (field(fields, "MsgId"),) if field(fields, "MsgId") else (
        field(fields, "CreateTime"), event, field(fields, "EventKey"),
        task or _scanned(fields) or field(fields, "Ticket"))
    kind, text = _content(fields, event, channel)
    return Incoming(
        channel=channel, app_id=app_id, sender=sender, kind=kind, text=text,
        media_id=field(fields, "MediaId") if kind is Kind.PHOTO else "",
        key=message_key(channel, app_id, agent, sender, *told_apart),
        task_id=task, response_code=field(fields, "ResponseCode"))


def _content(fields: Fields, event: str, channel: str) -> tuple[Kind, str]:
    kind, key = field(fields, "MsgType").lower(), field(fields, "EventKey")
    if kind == "text":
        return Kind.TEXT, field(fields, "Content")
    if kind == "image":
        return Kind.PHOTO, ""
    if kind != "event":
        return Kind.OTHER, ""
    if event == "click":
        return Kind.TEXT, key
    if event in ("scancode_waitmsg", "scancode_push"):
        return Kind.TEXT, f"{key} {_scanned(fields)}".strip()
    if event == "template_card_event":
        return Kind.CARD, key
    if event == "subscribe" and (key or channel == "wecom"):
        return Kind.TEXT, _bind(key.removeprefix(QR_SCENE)) if key else "帮助"
    if event == "scan":
        return Kind.TEXT, _bind(key)
    if event == "enter_agent":
        return Kind.ENTER, ""
    return (Kind.LEAVE if event == "unsubscribe" else Kind.OTHER), ""


def _bind(scene: str) -> str:
    """A QR code of ours holds a binding code as its scene."""
    return f"绑定 {scene}"


def _scanned(fields: Fields) -> str:
    info = fields.get("ScanCodeInfo")
    return field(info, "ScanResult") if isinstance(info, dict) else ""
