"""From a member's wish to a redemption row: everything is decided before the platform is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.errors import Conflict, InvalidInput, PlatformError, VoucherError
from core.ids import new_key, new_ref
from core.services import news, policy
from core.services.actor import Actor
from core.services.along import Pick, going_along, picks
from core.services.choices import WHOLE, chosen, promise, share
from core.services.closing import close_overdue
from core.services.idempotency import SentKey, first_answer, remember
from core.services.inspect import Inspect, Offer, findable, given_phone, venue_of
from core.services.inspection import Choice, Sighting
from core.services.look import refusal
from core.services.ticket import ticket
from core.store import audit, certificates, entitlements, outbox, redemptions, vouchers
from core.store.db import Store
from core.store.tables import Redemption, Venue
from core.vouchers.certificate import Certificate
from core.vouchers.redemption import CONFIRM_WITHIN, LEASE, State, VoucherStatus
from core.vouchers.validity import Window


@dataclass(frozen=True, slots=True)
class RedeemRequest:
    """`inspection` (a token) or `code` (what was scanned); `certificate` counts from 0 within the
    inspection; no `choice` means the recommended one; `name` is for a phone that is new;
    `nameless` gives to a new member without phone what no member is known for.

    `certificates`: several of one order for one member and one choice; `certificate` and `uses`
    do not count then."""

    inspection: str | None = None
    code: str | None = None
    certificate: int = 0
    choice: str | None = None
    phone: str | None = None
    uses: int = 1
    name: str = ""
    nameless: bool = False
    certificates: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True)
class Requested:
    """`fresh`: made by this very request; `verifying`: nobody has to confirm it any more."""

    id: int
    fresh: bool = False
    verifying: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """A checked request."""

    offer: Offer
    choice: Choice
    """Of all its certificates together."""
    phone: str | None
    name: str
    uses: int
    """Of the certificate that leads."""
    waits: bool
    further: tuple[tuple[Sighting, int], ...] = ()
    siblings: int = 0

    @property
    def together(self) -> int:
        """Uses of all its certificates."""
        return self.uses + sum(uses for _, uses in self.further) + self.siblings

    @property
    def along(self) -> int:
        return len(self.further) + self.siblings


class Request:
    """Makes redemption rows."""

    def __init__(self, store: Store, clock: Clock, inspect: Inspect) -> None:
        self._store = store
        self._clock = clock
        self._inspect = inspect

    def make(self, asked: RedeemRequest, actor: Actor, *, key: SentKey | None = None,
             platform: str | None = None) -> Requested:
        """The redemption of this request: a new one, the first one made under the same key, or
        the one that this actor has open for the same certificate.

        Raises Conflict: in_progress (somebody else has one open), idempotency_conflict;
        VoucherError: why the certificate or the choice cannot be used, phone_needed; what `see`
        raises when the request names a code.
        """
        first = first_answer(key)
        if first is not None:
            return Requested(first["redemption"])
        venue = venue_of(actor)
        try:
            wish = self._checked(asked, actor, venue, platform)
        except (VoucherError, PlatformError):
            # Used up meanwhile by the same request, sent twice at once: that one counts.
            first = first_answer(key)
            if first is None:
                raise
            return Requested(first["redemption"])
        return self._store.transact("redeem.request",
                                    lambda: self._write(wish, actor, venue, key))

    def _checked(self, asked: RedeemRequest, actor: Actor, venue: Venue,
                 platform: str | None) -> _Wish:
        if asked.inspection is None and asked.code is None:
            raise InvalidInput("nothing_to_redeem")
        seen = (self._inspect.opened(asked.inspection, venue) if asked.inspection is not None
                else self._inspect.see(asked.code or "", actor, venue, platform=platform))
        picked = picks(asked.certificates or (Pick(asked.certificate, asked.uses),),
                       seen.sightings)
        (sighting, uses), *further = picked.named
        for each, wanted in picked.named:
            no = refusal(each.certificate, self._clock.now())
            if no is not None:
                raise no
            if not 1 <= wanted <= each.certificate.uses_left:
                raise VoucherError("not_enough_uses", left=each.certificate.uses_left)
        phone = given_phone(asked.phone)
        together = uses + sum(wanted for _, wanted in further) + picked.siblings
        offer = self._inspect.offer(sighting, venue, actor, phone, together)
        if not asked.nameless and not findable(offer.member, actor, phone):
            raise VoucherError("phone_needed")
        choice = chosen(offer.choices, asked.choice)
        waits = policy.needs_staff(venue, actor, picked.paid)
        return _Wish(offer, choice, phone, asked.name.strip()[:50], uses, waits, tuple(further),
                     picked.siblings)

    def _write(self, wish: _Wish, actor: Actor, venue: Venue, key: SentKey | None) -> Requested:
        first = first_answer(key)
        if first is not None:
            return Requested(first["redemption"])
        at = self._clock.now()
        voucher_id = self._voucher(wish, wish.offer.sighting, wish.uses, venue, at)
        if isinstance(voucher_id, Redemption):
            return _same_session(voucher_id, actor)
        told = outbox.staff_of(venue.id) if wish.waits else []
        redemption_id = redemptions.add(at, **self._row(wish, actor, venue, voucher_id, at),
                                        told=[each.packed() for each in told])
        self._hold_seat(wish, redemption_id, at)
        state = State.AWAITING_STAFF if wish.waits else State.VERIFYING
        audit.add(actor, "redemption.requested", "redemption", redemption_id, at,
                  venue_id=venue.id, from_state=State.REQUESTED.value, to_state=state.value,
                  choice=wish.choice.choice, uses=wish.uses)
        for sighting, uses in wish.further:
            self._go_along(wish, sighting, uses, redemption_id, actor, venue, at)
        remember(key, {"redemption": redemption_id}, at)
        if told:
            row = redemptions.by_id(redemption_id)
            assert row is not None, "just written"
            news.ask_staff(row, told, at)
        return Requested(redemption_id, fresh=True, verifying=not wish.waits)

    def _voucher(self, wish: _Wish, sighting: Sighting, uses: int, venue: Venue,
                 at: datetime) -> int | Redemption:
        """The certificate's row, held and up to date; or the redemption that it is open in.
        Raises VoucherError("already_redeemed")."""
        platform_id, one = wish.offer.shop.platform_id, sighting.certificate
        voucher = vouchers.held(platform_id, one.certificate_id, one.code) \
            or certificates.under_new_code(platform_id, one.order_id, one.certificate_id, one.code)
        columns = _columns(wish.offer, one, venue)
        if voucher is None:
            return vouchers.add(at, **columns, uses_used=_used(one))
        open_one = redemptions.open_of(voucher.id)
        if open_one is not None and not close_overdue(open_one, at):
            return open_one
        if vouchers.standing_uses(voucher.id) + uses > one.uses_total:
            raise VoucherError("already_redeemed", platform=one.platform)
        vouchers.change(voucher.id, at, **columns, uses_used=_used(one))
        return voucher.id

    def _go_along(self, wish: _Wish, sighting: Sighting, uses: int, lead_id: int, actor: Actor,
                  venue: Venue, at: datetime) -> None:
        """A further certificate of the wish, with a row of its own."""
        voucher_id = self._voucher(wish, sighting, uses, venue, at)
        if isinstance(voucher_id, Redemption):
            raise Conflict("in_progress", ticket=ticket(voucher_id.id))
        lead = redemptions.by_id(lead_id)
        assert lead is not None, "just written"
        columns = going_along(lead) | dict(
            voucher=voucher_id, open_key=voucher_id, state=lead.state, uses=uses,
            handle=sighting.certificate.handle,
            choice=promise(share(wish.choice, wish.offer.facts, uses), wish.offer.facts,
                           wish.offer.product.family))
        redemption_id = redemptions.add(at, **columns)
        audit.add(actor, "redemption.requested", "redemption", redemption_id, at,
                  venue_id=venue.id, from_state=State.REQUESTED.value, to_state=lead.state,
                  choice=wish.choice.choice, uses=uses, along=lead.ref)

    def _row(self, wish: _Wish, actor: Actor, venue: Venue, voucher_id: int,
             at: datetime) -> dict[str, Any]:
        offer, sighting = wish.offer, wish.offer.sighting
        ref = new_ref("R")
        member = offer.member
        common = dict(
            ref=ref, voucher=voucher_id, open_key=voucher_id, platform=offer.shop.platform_id,
            venue=venue.id, door=actor.door, actor_kind=actor.kind, actor_id=actor.id,
            phone=member.phone if member is not None else wish.phone,
            name=(member.name if member is not None else "") or wish.name,
            member=member.id if member is not None else None, uses=wish.uses,
            choice=_promised(wish), along=wish.along,
            request_key=new_key(), handle=sighting.certificate.handle,
            verify_token=sighting.verify_token,
            scanned=f"{sighting.candidate.form.value}:{sighting.candidate.value}", operator=ref)
        if wish.waits:
            return common | dict(state=State.AWAITING_STAFF.value,
                                 expires_at=at + CONFIRM_WITHIN)
        return common | confirmed_by(actor, at) | dict(state=State.VERIFYING.value)

    def _hold_seat(self, wish: _Wish, redemption_id: int, at: datetime) -> None:
        choice = wish.choice
        if choice.session_id is not None and not entitlements.hold_seat(
                choice.session_id, redemption_id, at, wish.together):
            session = entitlements.session(choice.session_id)
            started = session is not None and session.starts_at <= at
            raise VoucherError("class_started" if started else "class_full",
                               session_id=choice.session_id)


def confirmed_by(actor: Actor, at: datetime) -> dict[str, Any]:
    """What a row gets when it goes to the platform: who said yes, and the first lease."""
    return dict(confirmed_by=actor.id if actor.kind == "staff" else None,
                confirmed_door=actor.door, operator_name=(actor.name or actor.kind)[:50],
                first_tried_at=at, attempts=1, next_try_at=at + LEASE)


def _same_session(open_one: Redemption, actor: Actor) -> Requested:
    """Whoever asks twice gets the same redemption; anybody else is told to wait."""
    if (open_one.actor_kind, open_one.actor_id, open_one.door) == (actor.kind, actor.id,
                                                                  actor.door):
        return Requested(open_one.id)
    raise Conflict("in_progress", ticket=ticket(open_one.id))


def _used(certificate: Certificate) -> int:
    return certificate.uses_total - certificate.uses_left


def _promised(wish: _Wish) -> dict[str, Any]:
    """What the leading certificate gives, and what all of them give together."""
    offer, facts = wish.offer, wish.offer.facts
    own = share(wish.choice, facts, wish.uses) if wish.along else wish.choice
    kept = promise(own, facts, offer.product.family)
    if wish.along:
        price = offer.sighting.certificate.paid.fen
        kept[WHOLE] = {
            "days": wish.choice.days, "uses": wish.choice.uses, "count": wish.together,
            "certificates": 1 + wish.along, "paid_fen": price * (1 + wish.siblings) + sum(
                each.certificate.paid.fen for each, _ in wish.further)}
    return kept


def _columns(offer: Offer, one: Certificate, venue: Venue) -> dict[str, Any]:
    """What we know of the certificate now: the platform's word of it, and our product."""
    number = one.code or one.certificate_id
    return dict(
        voucher_no=number, certificate_id=one.certificate_id, code_tail=number[-4:],
        platform=offer.shop.platform_id, platform_order_no=one.order_id or None,
        sku_id=one.sku_id, voucher_type=offer.product.voucher_type, product=offer.product.id,
        product_name=offer.product.name, original_price_fen=one.original,
        paid_price_fen=one.paid, use_amounts_fen=[amount.fen for amount in one.use_amounts],
        user_phone=one.buyer_phone[:20] or None, user_name=one.buyer_name[:50] or None,
        status=int(VoucherStatus.REDEEMING), uses_total=one.uses_total, starts_at=one.starts,
        expires_at=one.expires, expire_date=Window(ends=one.expires).last_day(venue.zone))
