"""What members do with their phones: signing in, what they hold, what they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.platforms.mini_program import MiniProgram
from core.services.members.classes import Classes
from core.services.members.faces import Faces
from core.services.members.held import Held
from core.services.members.history import History
from core.services.members.login import Login
from core.services.members.me import Me
from core.services.members.notices import Notices
from core.services.members.own_data import OwnDataDesk
from core.services.members.owner import Owners
from core.services.members.phone import Phones
from core.services.pricing.module import Pricing
from core.services.sign_in import SignIn
from core.services.views import Views
from core.store.db import Store


@dataclass(frozen=True, slots=True)
class Members:
    """Its use cases, by noun."""

    login: Login
    phones: Phones
    me: Me
    held: Held
    owners: Owners
    history: History
    classes: Classes
    notices: Notices
    faces: Faces
    own_data: OwnDataDesk


def members(store: Store, clock: Clock, sign_in: SignIn, views: Views,
            pricing: Pricing, apps: Sequence[MiniProgram], seconds: float) -> Members:
    """`apps`: the mini-programs that are configured; `seconds`: what a door waits for them."""
    by_kind = {app.kind: app for app in apps}
    me, held, history = Me(store, clock), Held(store, clock), History(store, views)
    return Members(
        login=Login(store, clock, sign_in,
                    {kind.removesuffix("_mini"): app for kind, app in by_kind.items()}, seconds),
        phones=Phones(store, clock, by_kind, seconds), me=me, held=held, history=history,
        classes=Classes(store, clock), notices=Notices(store, clock, by_kind),
        faces=Faces(store, clock), owners=Owners(store, clock),
        own_data=OwnDataDesk(store, clock, me, held, history, pricing))
