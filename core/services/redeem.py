"""The main flow's front: inspect, request, confirm, reject, withdraw, undo, and looking it up.

One method per thing that a door can do. The steps live in their own files: `inspect`, `request`,
`verify`, `undo`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from core.clock import Clock
from core.errors import Conflict, NotAllowed, NotFound
from core.services import news, policy
from core.services.actor import Actor, Role
from core.services.along import Pick
from core.services.closing import close_waiting, is_overdue
from core.services.idempotency import SentKey
from core.services.inspect import Inspect, venue_of
from core.services.inspection import (
    Choice,
    FoundCertificate,
    Inspection,
    PersonRef,
    Seen,
    VenueRef,
)
from core.services.lookup import Lookup, Page
from core.services.platform_ports import PlatformPorts
from core.services.redemption_view import (
    Failure,
    GivenChoice,
    Granted,
    RedemptionView,
    Reversal,
    UndoHint,
    UndoPreview,
)
from core.services.request import RedeemRequest, Request, confirmed_by
from core.services.undo import Undo
from core.services.verify import Verify
from core.services.views import Views
from core.store import audit, outbox, people, redemptions, voucher_search
from core.store.db import Store
from core.store.tables import Redemption
from core.vouchers.redemption import WAITING, State

REMIND_EVERY = 30
"""Seconds between two cards for one redemption, however often somebody presses."""


class Redeem:
    """`seconds`: what a door may spend on platform calls in one answer."""

    def __init__(self, store: Store, clock: Clock, ports: PlatformPorts, inspect: Inspect,
                 request: Request, verify: Verify, undo: Undo, views: Views, lookup: Lookup,
                 nudge: Callable[[str], None], *, seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._ports = ports
        self._inspect = inspect
        self._request = request
        self._verify = verify
        self._undo = undo
        self._views = views
        self._lookup = lookup
        self._nudge = nudge
        self._seconds = seconds

    def inspect(self, text: str, actor: Actor, *, phone: str | None = None,
                platform: str | None = None) -> Inspection:
        """See what a scanned or typed text is worth here; changes nothing."""
        with self._store.connection():
            return self._inspect.inspect(text, actor, phone=phone, platform=platform)

    def see(self, text: str, actor: Actor) -> Seen:
        """What the platforms say of a text; writes nothing, not even a task for an unmapped SKU.
        Raises what `inspect` raises."""
        with self._store.connection():
            return self._inspect.see(text, actor, venue_of(actor))

    def refine(self, inspection: str, actor: Actor, *, phone: str | None,
               uses: int = 1) -> Inspection:
        """The same certificates with the choices of the member behind `phone`, for `uses` uses."""
        with self._store.connection():
            return self._inspect.refine(inspection, actor, phone=phone, uses=uses)

    def inspect_voucher(self, voucher_id: int, actor: Actor) -> Inspection:
        """The same for a voucher that staff picked from the list. Raises NotFound, also for
        another venue's, and what `inspect` raises."""
        actor.require(Role.CLERK)
        with self._store.connection():
            row = voucher_search.one(voucher_id)
            if row is None or (row.venue_id is not None and not actor.may_work_at(row.venue_id)):
                raise NotFound()
            return self._inspect.inspect(row.voucher_no, actor,
                                         platform=row.platform_code)

    def undo_window(self, platform: str) -> timedelta:
        """How long an undo usually works at a platform; the platform itself decides."""
        return self._ports.undo_window(platform)

    def request(self, asked: RedeemRequest, actor: Actor, *, key: SentKey | None = None,
                platform: str | None = None) -> RedemptionView:
        """Ask for a redemption. Where nobody has to confirm, it is consumed at once; an answer
        that does not come in time leaves it `uncertain`, to be settled by the doctor.

        Raises what `Request.make` raises.
        """
        with self._store.connection(), self._ports.budget(self._seconds):
            made = self._request.make(asked, actor, key=key, platform=platform)
            if made.fresh and made.verifying:
                row = redemptions.by_id(made.id)
                assert row is not None, "just written"
                self._consume(row, actor)
            elif made.fresh:
                self._nudge("outbox")
            return self._views.of_id(made.id)

    def at_once(self, asked: RedeemRequest, actor: Actor, *, key: SentKey | None = None,
                platform: str | None = None) -> RedemptionView:
        """Request and confirm in one step, for staff (S234). Where the venue wants a second
        person, it waits for one like any other."""
        actor.require(Role.CLERK)
        view = self.request(asked, actor, key=key, platform=platform)
        if view.state is not State.AWAITING_STAFF:
            return view
        try:
            return self.confirm(view.ref, actor)
        except NotAllowed:
            return view

    def confirm(self, ref: str, actor: Actor, *, key: SentKey | None = None) -> RedemptionView:
        """Say yes: the certificate is consumed now. Works once, whoever is first; the same
        person pressing again sees the same redemption (so `key` adds nothing).

        Raises NotFound, NotAllowed, Conflict: already_decided (facts state, by, at),
        waiting_expired.
        """
        with self._store.connection(), self._ports.budget(self._seconds):
            taken = self._store.transact("redeem.confirm", lambda: self._take(ref, actor))
            if taken is None:
                raise Conflict("waiting_expired")
            row, fresh = taken
            if fresh:
                self._consume(row, actor)
            return self._views.of_id(row.id)

    def _take(self, ref: str, actor: Actor) -> tuple[Redemption, bool] | None:
        """The row, and whether it was moved to verifying now (or by this actor before); None: it
        has expired."""
        row, at = self._existing(ref), self._clock.now()
        policy.check_confirmer(row, actor)
        if row.state not in WAITING:
            self._decided_by_me(row, actor)
            return row, False
        if is_overdue(row, at):
            close_waiting(row, State.EXPIRED, actor, at)
            return None
        was = row.state
        said_yes = confirmed_by(actor, at)
        redemptions.move(row, State.VERIFYING, at, **said_yes)
        audit.add(actor, "redemption.confirmed", "redemption", row.id, at, venue_id=row.venue_id,
                  from_state=was, to_state=row.state)
        for other in redemptions.along(row, hold=True):
            redemptions.move(other, State.VERIFYING, at, **said_yes | {"next_try_at": None})
            audit.add(actor, "redemption.confirmed", "redemption", other.id, at,
                      venue_id=row.venue_id, from_state=was, to_state=row.state, along=row.ref)
        return row, True

    def _decided_by_me(self, row: Redemption, actor: Actor) -> None:
        if row.confirmed_by == actor.id and actor.kind == "staff":
            return
        raise Conflict("already_decided", state=row.state, at=row.moved_at.isoformat(),
                       by=people.staff_name(row.confirmed_by) if row.confirmed_by else "")

    def _consume(self, row: Redemption, actor: Actor) -> None:
        outcome = self._verify.ask(row, repeat=False)
        self._verify.record(row.id, outcome, actor)

    def call_staff(self, actor: Actor) -> None:
        """A kiosk's member wants somebody: a task with an alert, once while it is open."""
        actor_venue = actor.venue_id
        if actor.kind != "kiosk" or actor_venue is None:
            raise NotAllowed()
        with self._store.connection():
            self._store.transact("redeem.call_staff", lambda: news.call_for_staff(
                actor, actor_venue, self._clock.now()))
        self._nudge("outbox")

    def _existing(self, ref: str) -> Redemption:
        row = redemptions.by_ref(ref)
        if row is None:
            raise NotFound("redemption_not_found")
        return row

    def reject(self, ref: str, actor: Actor, reason: str = "") -> RedemptionView:
        """Say no: nothing is consumed. Raises NotFound, NotAllowed, Conflict("already_decided")."""
        return self._end(ref, State.REJECTED, actor, reason, "redeem.reject")

    def withdraw(self, ref: str, actor: Actor) -> RedemptionView:
        """Take a waiting request back: whoever made it, or staff. Raises like `reject`."""
        return self._end(ref, State.WITHDRAWN, actor, "", "redeem.withdraw")

    def _end(self, ref: str, to: State, actor: Actor, reason: str, name: str) -> RedemptionView:
        def end() -> int:
            row, at = self._existing(ref), self._clock.now()
            if to is State.REJECTED:
                actor.require(Role.CLERK, row.venue_id)
            else:
                policy.check_requester(row, actor)
            if row.state not in WAITING:
                if row.state == to:
                    return row.id
                raise Conflict("already_decided", state=row.state, at=row.moved_at.isoformat(),
                               by=people.staff_name(row.confirmed_by) if row.confirmed_by else "")
            close_waiting(row, State.EXPIRED if is_overdue(row, at) else to, actor, at,
                          reason=reason)
            return row.id

        with self._store.connection():
            redemption_id = self._store.transact(name, end)
            self._nudge("outbox")
            return self._views.of_id(redemption_id)

    def remind(self, ref: str, actor: Actor) -> RedemptionView:
        """Ask the staff again; at most one card every 30 s. Raises NotFound, NotAllowed,
        Conflict("already_decided")."""
        def again() -> int:
            row, at = self._existing(ref), self._clock.now()
            policy.check_requester(row, actor)
            if row.state not in WAITING or is_overdue(row, at):
                raise Conflict("already_decided", state=row.state, at=row.moved_at.isoformat(),
                               by="")
            told = outbox.staff_of(row.venue_id)
            redemptions.stay(row, told=_with(row.told, [each.packed() for each in told]))
            news.ask_staff(row, told, at, int((at - row.created_at).total_seconds())
                           // REMIND_EVERY)
            audit.add(actor, "redemption.reminded", "redemption", row.id, at,
                      venue_id=row.venue_id, from_state=row.state, to_state=row.state)
            return row.id

        with self._store.connection():
            redemption_id = self._store.transact("redeem.remind", again)
            self._nudge("outbox")
            return self._views.of_id(redemption_id)

    def undo_preview(self, ref: str, actor: Actor, uses: Collection[int] = ()) -> UndoPreview:
        """What an undo of these uses (none: of all) would reverse; changes nothing. Raises
        NotFound, NotAllowed, InvalidInput("no_such_use")."""
        with self._store.connection():
            return self._undo.preview(ref, actor, uses)

    def undo(self, ref: str, actor: Actor, reason: str = "", uses: Collection[int] = (), *,
             key: SentKey | None = None) -> RedemptionView:
        """Take a redemption back, or only these of its uses as the preview numbers them: first at
        the platform, then here. The same request again finds it undone (so `key` adds nothing).
        Raises NotFound, NotAllowed, VoucherError
        (not_redeemed, entitlement_used, undo_window_passed), Conflict("wrong_state")."""
        with self._store.connection(), self._ports.budget(self._seconds):
            redemption_id = self._undo.undo(ref, actor, reason, uses)
            self._nudge("settle")
            self._nudge("outbox")
            return self._views.of_id(redemption_id)

    def undo_code(self, code: str, actor: Actor, reason: str = "", *,
                  key: SentKey | None = None, platform: str | None = None) -> RedemptionView:
        """Undo the last redemption of a code (S59, S64); of other certificates that were redeemed
        with it nothing changes. Raises like `undo`."""
        with self._store.connection():
            ref, redemption_id = self._lookup.redeemed(code, actor, platform)
            uses = self._undo.only(ref, redemption_id)
        return self.undo(ref, actor, reason, uses, key=key)

    def view(self, ref: str, actor: Actor) -> RedemptionView:
        """One redemption. The ref is unguessable: who has it may look, but staff and kiosks only
        at their own venues'. Raises NotFound, NotAllowed."""
        view = self._views.of_ref(ref)
        if actor.kind in ("staff", "kiosk") and not actor.may_work_at(view.venue.id):
            raise NotAllowed("other_venue")
        return view

    def version(self, ref: str, actor: Actor) -> str:
        """Changes whenever the view does; cheap. Raises NotFound."""
        with self._store.connection():
            return self._lookup.version(ref)

    def find(self, text: str, actor: Actor) -> RedemptionView:
        """By ticket, ref or code, the newest of the actor's venues. Raises NotFound, NotAllowed."""
        with self._store.connection():
            return self._lookup.find(text, actor)

    def waiting(self, actor: Actor, venue_id: int | None = None) -> list[RedemptionView]:
        """What waits for staff at a venue, the longest waiting first. Raises NotAllowed."""
        with self._store.connection():
            return self._lookup.waiting(actor, venue_id)

    def listed(self, actor: Actor, *, state: State | str | None = None,
               venue_id: int | None = None, page: int = 1, page_size: int = 20) -> Page:
        """Redemptions of the actor's venues, the newest first."""
        with self._store.connection():
            return self._lookup.listed(actor, state=state, venue_id=venue_id, page=page,
                                       page_size=page_size)


def _with(told: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return told + [each for each in more if each not in told]


__all__ = [
    "Choice", "Failure", "FoundCertificate", "GivenChoice", "Granted", "Inspection", "PersonRef",
    "Pick", "RedeemRequest", "Redeem", "RedemptionView", "Reversal", "UndoHint", "UndoPreview",
    "VenueRef",
]
