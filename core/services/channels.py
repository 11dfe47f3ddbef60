"""The ways by which staff hear of things: chat apps and group robots, and trying them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.errors import Conflict, NotFound
from core.platforms.messenger import Messenger
from core.platforms.wecom_robot import Robot
from core.services.actor import Actor, Role
from core.services.alarm import ROBOT
from core.store import audit, catalogue, chats
from core.store.admin import venues
from core.store.db import Store

CHATS = ("wecom", "wechat")


@dataclass(frozen=True, slots=True)
class ChannelView:
    """`kind`: wecom, wechat or robot (of a venue's group). `ready`: its credentials are there;
    `mine`: the person who looks can be reached by it."""

    kind: str
    ready: bool
    mine: bool = False
    venue_id: int | None = None
    venue_name: str = ""


class Channels:
    """Managers look and try; what they send goes to themselves or to their venue's group."""

    def __init__(self, store: Store, clock: Clock, messengers: Sequence[Messenger],
                 robot: Robot) -> None:
        self._store = store
        self._clock = clock
        self._messengers = {each.channel: each for each in messengers}
        self._robot = robot

    def listed(self, actor: Actor) -> list[ChannelView]:
        """The chat apps, then the robots of this person's venues. Raises NotAllowed."""
        actor.require(Role.MANAGER)
        ids = None if actor.role is Role.ADMIN else actor.venues
        with self._store.connection():
            bound = {(one.channel, one.app_id) for one in chats.bindings_of_staff(actor.id)}
            apps = [ChannelView(kind, kind in self._messengers, kind in self._messengers and (
                kind, self._messengers[kind].app_id) in bound) for kind in CHATS]
            return apps + [ChannelView(ROBOT, bool(row.robot_key), bool(row.robot_key), row.id,
                                       row.name) for row in venues.every(ids)]

    def try_chat(self, kind: str, text: str, actor: Actor) -> None:
        """Send a text to oneself by a chat app, now.

        Raises NotFound, NotAllowed; Conflict: channel_not_set_up, chat_not_bound; PlatformError.
        """
        actor.require(Role.MANAGER)
        if kind not in CHATS:
            raise NotFound()
        messenger = self._messengers.get(kind)
        if messenger is None:
            raise Conflict("channel_not_set_up")
        with self._store.connection():
            mine = next((one for one in chats.bindings_of_staff(actor.id)
                         if (one.channel, one.app_id) == (kind, messenger.app_id)), None)
        if mine is None:
            raise Conflict("chat_not_bound")
        messenger.send_text(mine.external_id, text)
        self._note(kind, actor, None)

    def try_robot(self, venue_id: int, text: str, actor: Actor) -> None:
        """Send a text to a venue's group, now.

        Raises NotFound, NotAllowed; Conflict("channel_not_set_up"); PlatformError.
        """
        actor.require(Role.MANAGER, venue_id)
        with self._store.connection():
            venue = catalogue.venue(venue_id)
        if venue is None:
            raise NotFound("venue_not_found")
        if not venue.robot_key:
            raise Conflict("channel_not_set_up")
        self._robot.send_text(venue.robot_key, text)
        self._note(ROBOT, actor, venue_id)

    def _note(self, kind: str, actor: Actor, venue_id: int | None) -> None:
        self._store.transact("channels.tried", lambda: audit.add(
            actor, "channel.tried", "venue" if venue_id else "staff", venue_id or actor.id,
            self._clock.now(), venue_id=venue_id, channel=kind))
