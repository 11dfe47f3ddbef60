"""What a certificate may become here: the platform's word, merged with what we know."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.clock import Clock, business_day
from core.errors import InvalidInput, NotAllowed, VoucherError
from core.ids import clean_phone, mask_code, mask_name, mask_phone
from core.services.actor import Actor
from core.services.choices import (
    CARD,
    CLASS,
    CLASSES_AHEAD,
    CardFacts,
    ClassFacts,
    ProductFacts,
    choices,
)
from core.services.inspection import (
    Choice,
    FoundCertificate,
    Inspection,
    PersonRef,
    Seen,
    Sighting,
    VenueRef,
    seal,
    unseal,
)
from core.services.look import Look, refusal
from core.services.unmapped import Unmapped
from core.store import catalogue, entitlements, people
from core.store.catalogue import Connected
from core.store.tables import Member, Product, SkuMapping, Venue
from core.store.tables.fields import Vault
from core.vouchers.certificate import CertificateStatus
from core.vouchers.redemption import VoucherStatus
from core.vouchers.validity import Window

MOST_SIBLINGS = 19
"""Shown and taken at once: nobody brings more friends, and the answer stays small."""

STATUS = {
    CertificateStatus.UNUSED: VoucherStatus.UNUSED,
    CertificateStatus.USED: VoucherStatus.REDEEMED,
    CertificateStatus.EXPIRED: VoucherStatus.EXPIRED,
    CertificateStatus.REFUNDING: VoucherStatus.REFUNDED,
    CertificateStatus.REFUNDED: VoucherStatus.REFUNDED,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A certificate with the product behind it, and what it may become for a member."""

    sighting: Sighting
    shop: Connected
    mapping: SkuMapping
    product: Product
    member: Member | None
    choices: tuple[Choice, ...]

    @property
    def facts(self) -> ProductFacts:
        return facts_of(self.product)


def facts_of(product: Product) -> ProductFacts:
    return ProductFacts(product.id, product.name, product.kind, product.days, product.uses)


class Inspect:
    """Writes nothing, except a task when a SKU has no product."""

    def __init__(self, look: Look, clock: Clock, vault: Vault, unmapped: Unmapped) -> None:
        self._look = look
        self._clock = clock
        self._vault = vault
        self._unmapped = unmapped

    def see(self, text: str, actor: Actor, venue: Venue, *, platform: str | None = None) -> Seen:
        """What the platforms say of a text; raises what `Look.see` raises."""
        return self._look.see(text, actor, venue, platform=platform)

    def inspect(self, text: str, actor: Actor, *, phone: str | None = None,
                platform: str | None = None) -> Inspection:
        """What a scanned or typed text is worth at the actor's venue. Raises VoucherError or
        PlatformError; see `Look.see`."""
        venue = venue_of(actor)
        return self._inspection(self.see(text, actor, venue, platform=platform), venue, actor,
                                phone)

    def refine(self, token: str, actor: Actor, *, phone: str | None,
               uses: int = 1) -> Inspection:
        """The same certificates with the choices of the member behind `phone`, and what `uses`
        uses together give; asks no platform.

        Raises VoucherError("inspection_expired"), InvalidInput.
        """
        venue = venue_of(actor)
        return self._inspection(self.opened(token, venue), venue, actor, phone, uses)

    def opened(self, token: str, venue: Venue) -> Seen:
        """The content of a token given out at this venue."""
        seen = unseal(token, self._vault, self._clock.now())
        if seen.venue_id != venue.id:
            raise InvalidInput("inspection_of_another_venue")
        return seen

    def _inspection(self, seen: Seen, venue: Venue, actor: Actor, phone: str | None,
                    uses: int = 1) -> Inspection:
        phone = given_phone(phone)
        found = [self._found(index, sighting, venue, actor, phone, uses)
                 for index, sighting in enumerate(seen.sightings)]
        first = len(found)
        for one, sighting in zip(tuple(found), seen.sightings, strict=True):
            found += [replace(one, certificate=first + number, code_masked="", code_tail="",
                              sibling=True)
                      for number in range(min(sighting.certificate.siblings, MOST_SIBLINGS))
                      if len(seen.sightings) == 1 and one.choices]
        return Inspection(seal(seen, self._vault), tuple(found))

    def _found(self, index: int, sighting: Sighting, venue: Venue, actor: Actor,
               phone: str | None, uses: int) -> FoundCertificate:
        at = self._clock.now()
        one = sighting.certificate
        offer = self.offer(sighting, venue, actor, phone, uses)
        usable = refusal(one, at) is None
        status = STATUS[one.status] if usable or one.status is not CertificateStatus.UNUSED \
            else VoucherStatus.EXPIRED
        if status is VoucherStatus.UNUSED and one.uses_left < one.uses_total:
            status = VoucherStatus.PARTLY_REDEEMED
        last_day = Window(ends=one.expires).last_day(venue.zone)
        number = one.code or one.certificate_id
        return FoundCertificate(
            certificate=index, platform=one.platform, platform_name=offer.shop.platform_name,
            kind=offer.product.kind, voucher_type=offer.product.voucher_type,
            product_name=offer.product.name, title=one.title, code_masked=mask_code(number),
            code_tail=number[-4:], original_price=one.original, paid_price=one.paid,
            user_phone=masked(one.buyer_phone), user_name=mask_name(one.buyer_name),
            status=status, expire_date=last_day,
            days_left=(last_day - business_day(at, venue.zone)).days if last_day else None,
            uses_total=one.uses_total, uses_left=one.uses_left,
            venues=self._usable_at(offer, venue),
            needs_phone=not findable(offer.member, actor, None),
            member=person(offer.member, phone), choices=offer.choices if usable else ())

    def _usable_at(self, offer: Offer, here: Venue) -> tuple[VenueRef, ...]:
        others = set(offer.mapping.venue_ids or []) - {here.id}
        return tuple(VenueRef(venue.id, venue.name, venue.address)
                     for venue in [here, *(catalogue.venues(sorted(others)) if others else [])])

    def offer(self, sighting: Sighting, venue: Venue, actor: Actor, phone: str | None,
              uses: int = 1) -> Offer:
        """What one certificate may become for the member behind `phone` (or the member who
        asks). Raises VoucherError: unmapped_sku (with the ticket of the task), platform_disabled.
        """
        one = sighting.certificate
        offered = catalogue.offered(one.platform, venue.id, one.sku_id)
        if offered is None:
            raise VoucherError("platform_disabled", platform=one.platform)
        shop, mapped = offered
        if mapped is None:
            raise self._unmapped.met(one, shop, actor)
        mapping, product = mapped
        member = member_of(actor, phone)
        return Offer(sighting, shop, mapping, product, member,
                     self._choices(product, venue, member, uses))

    def _choices(self, product: Product, venue: Venue, member: Member | None,
                 uses: int) -> tuple[Choice, ...]:
        at = self._clock.now()
        cards: list[CardFacts] = []
        classes: list[ClassFacts] = []
        if product.kind == CARD and member is not None:
            cards = [CardFacts(card.id, card.product.name, card.ends_on)
                     for card in entitlements.cards_of(member.id, product.family)]
        elif product.kind == CLASS:
            classes = [ClassFacts(one.id, one.title, one.coach, one.starts_at, one.ends_at,
                                  one.capacity - one.taken)
                       for one in entitlements.sessions(venue.id, product.family, at,
                                                        at + CLASSES_AHEAD)]
        return choices(facts_of(product), cards, classes, business_day(at, venue.zone), uses)


def venue_of(actor: Actor) -> Venue:
    """The open venue where the actor works. Raises InvalidInput, NotAllowed."""
    if actor.venue_id is None:
        raise InvalidInput("venue_needed")
    if not actor.may_work_at(actor.venue_id):
        raise NotAllowed("other_venue")
    venue = catalogue.venue(actor.venue_id)
    if venue is None:
        raise InvalidInput("venue_closed")
    return venue


def given_phone(phone: str | None) -> str | None:
    """Raises InvalidInput("phone_malformed")."""
    if not phone:
        return None
    clean = clean_phone(phone)
    if clean is None:
        raise InvalidInput("phone_malformed")
    return clean


def member_of(actor: Actor, phone: str | None) -> Member | None:
    """Whom a redemption is for: the member who asks, or whoever has the phone."""
    if actor.kind == "member":
        return people.by_id(actor.id)
    return people.by_phone(phone) if phone else None


def findable(member: Member | None, actor: Actor, phone: str | None) -> bool:
    """Whether kiosk and desk will find who gets it. A member who asks himself is found by a
    verified number only: one that he types might be anybody's."""
    if actor.kind == "member":
        return member is not None and member.phone is not None
    return member is not None or phone is not None


def person(member: Member | None, phone: str | None) -> PersonRef | None:
    """Masked; a phone that nobody has yet gives an unknown person."""
    if member is not None:
        return PersonRef(member.id, mask_name(member.name), mask_phone(member.phone or ""))
    return PersonRef(None, "", mask_phone(phone), known=False) if phone else None


def masked(phone: str) -> str:
    """A buyer's phone as it may be shown: platforms mask it, but nothing forces them to."""
    return phone if "*" in phone or not phone else mask_phone(phone)
