"""How staff hear of things: chat apps and group robots, each with a button to try it."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from core.errors import HexiaotaiError
from core.services.actor import Role
from kiosk.desk.access import needs
from kiosk.desk.frame import page
from kiosk.desk.phrases import platform_name, sentence
from kiosk.desk.showing import when
from kiosk.desk.state import actor, services
from kiosk.desk.words import say

pages = Blueprint("channels", __name__, url_prefix="/channels")


@pages.get("")
@needs(Role.MANAGER)
def listed() -> AnyResponse:
    """What is connected, and whom it reaches."""
    return page("desk/admin/channels.html", channels=services().channels.listed(actor()),
                name=platform_name)


@pages.post("/chats/<string(maxlength=20):kind>/try")
@needs(Role.MANAGER)
def try_chat(kind: str) -> AnyResponse:
    """A line to oneself."""
    try:
        services().channels.try_chat(kind, _line(), actor())
    except HexiaotaiError as error:
        return _tried(sentence(error))
    return _tried("")


@pages.post("/robots/<int:venue_id>/try")
@needs(Role.MANAGER)
def try_robot(venue_id: int) -> AnyResponse:
    """A line to the venue's group."""
    try:
        services().channels.try_robot(venue_id, _line(), actor())
    except HexiaotaiError as error:
        return _tried(sentence(error))
    return _tried("")


def _line() -> str:
    return say("试一下：{name}在核销台点了“试一下”，{at}。收到就是通了",
               "A test: {name} pressed “Try it” in Hexiaotai, {at}. Reading this, it works",
               name=actor().name, at=when(services().clock.now()))


def _tried(wrong: str) -> AnyResponse:
    return page("desk/admin/channel_tried.html", wrong=wrong)
