"""A phone's login code becomes a session of ours (wechat.md 6, douyin.md 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.clock import Clock
from core.errors import NotFound, PlatformBusy, PlatformUnknown
from core.platforms.deadline import budget
from core.platforms.mini_program import MiniLogin, MiniProgram
from core.services.actor import Actor
from core.services.sign_in import SignedIn, SignIn
from core.store import audit, members, people
from core.store.db import Store

DOOR = "mini"


@dataclass(frozen=True, slots=True)
class Joined:
    """A member's fresh session. `fresh`: nobody was known by this identity before;
    `phone_verified`: his cards can be found at the kiosk and at the desk."""

    session: SignedIn
    fresh: bool
    phone_verified: bool


class Login:
    """`apps` by platform word: wechat, douyin. `seconds`: for the platform's answer."""

    def __init__(self, store: Store, clock: Clock, sign_in: SignIn,
                 apps: Mapping[str, MiniProgram], seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._sign_in = sign_in
        self._apps = apps
        self._seconds = seconds

    def login(self, platform: str, code: str, *, agent: str = "") -> Joined:
        """Sign in whoever the code stands for, and make a member of a newcomer.

        Raises NotFound("mini_not_configured"), PlatformRefused: login_code_wrong, user_blocked;
        PlatformBusy (the code may be spent: the phone asks for a new one).
        """
        app = self._apps.get(platform)
        if app is None:
            raise NotFound("mini_not_configured")
        try:
            with budget(self._seconds):
                who = app.login(code)
        except PlatformUnknown as unknown:
            raise PlatformBusy(unknown.platform, "login_unanswered",
                               log_id=unknown.log_id) from None
        return self._store.transact("member.login", lambda: self._enter(app, who, agent))

    def _enter(self, app: MiniProgram, who: MiniLogin, agent: str) -> Joined:
        """Two first logins at once: the unique identity fails one, which then finds the other."""
        at = self._clock.now()
        known = members.identity(app.kind, app.app_id, who.openid)
        if known is None:
            member_id = members.add(at)
            identity_id = members.add_identity(member_id, app.kind, app.app_id, who.openid,
                                               who.union_id, at)
        else:
            member_id, identity_id = int(known.member_id), int(known.id)
        members.keep_key(identity_id, who.session_key, at)
        actor = Actor(kind="member", id=member_id, door=DOOR)
        session = self._sign_in.begin_for_member(actor, agent)
        assert session.actor.session_id is not None, "members' sessions are known by id"
        members.tie_session(session.actor.session_id, identity_id, at)
        if known is None:
            audit.add(actor, "member.joined", "member", member_id, at, platform=app.kind)
        member = people.active_member(member_id)
        return Joined(session, known is None,
                      member is not None and member.phone_verified_at is not None)
