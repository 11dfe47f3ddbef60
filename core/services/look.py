"""Ask the platforms, read-only, what a scanned or typed text is.

Nothing reaches a platform before its shape is sane; a shape that fits two platforms is asked of
both (design section 3, steps 1 and 2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.clock import Clock
from core.errors import (
    HexiaotaiError,
    PlatformBusy,
    PlatformError,
    PlatformUnknown,
    VoucherError,
)
from core.services.actor import Actor
from core.services.inspection import Seen, Sighting
from core.services.platform_ports import PlatformPorts, shop_of
from core.store import catalogue, vouchers
from core.store.tables import Venue
from core.vouchers.certificate import Certificate, CertificateStatus
from core.vouchers.reading import DOUYIN, MEITUAN, OWN, Candidate, Form, Reading
from core.vouchers.validity import Phase, Window

MOST_OTHER_VENUES = 6
"""Venues asked when a certificate is for another shop."""
THEIR_OWN = ("code", "message", "reason", "shop_id")
"""Facts of a refusal that are a platform's words and numbers: for the log, not for people."""
REFUSALS = {CertificateStatus.USED: "already_redeemed", CertificateStatus.EXPIRED: "expired",
            CertificateStatus.REFUNDING: "refunding", CertificateStatus.REFUNDED: "refunded"}


class Look:
    """Changes nothing, here or at a platform.

    `read` is `core.vouchers.scan.read` with this installation's hosts; `follow` leads a short
    link to its object id; `seconds` bounds the platform calls of one look.
    """

    def __init__(self, ports: PlatformPorts, clock: Clock, *,
                 read: Callable[[str, str | None], Reading], follow: Callable[[str], str],
                 seconds: float) -> None:
        self._ports = ports
        self._clock = clock
        self._read = read
        self._follow = follow
        self._seconds = seconds

    def see(self, text: str, actor: Actor, venue: Venue, *,
            platform: str | None = None) -> Seen:
        """Read the text and ask every platform whose shape it has.

        Raises VoucherError with the platform's reason (to an anonymous caller an unknown and a
        used code look alike), wrong_venue with the right ones named; PlatformError.
        """
        reading = self._read(text, platform)
        with self._ports.budget(self._seconds):
            reading = self._followed(reading)
            try:
                sightings = self._ask_all(reading, venue)
            except VoucherError as refused:
                raise self._explained(refused, reading, venue, actor) from None
        return Seen(venue.id, self._clock.now(), sightings)

    def _followed(self, reading: Reading) -> Reading:
        """Short links led to the object ids behind them. Raises VoucherError, PlatformError."""
        return Reading(tuple(
            Candidate(one.platform, Form.ENCRYPTED_DATA, self._follow(one.value))
            if one.form is Form.SHORT_LINK else one for one in reading.candidates), reading.shown)

    def _ask_all(self, reading: Reading, venue: Venue) -> tuple[Sighting, ...]:
        seen: list[Sighting] = []
        errors: list[HexiaotaiError] = []
        for candidate in reading.candidates:
            if candidate.platform not in (MEITUAN, DOUYIN) and not self._ports.knows(
                    candidate.platform):
                errors.append(VoucherError(
                    "own_code" if candidate.platform == OWN else "unreadable"))
                continue
            try:
                seen.extend(self._ask(candidate, venue.id))
            except (VoucherError, PlatformError) as error:
                errors.append(error)
        if not seen:
            raise max(errors, key=_tells)
        refusals = [refusal(one.certificate, self._clock.now()) for one in seen]
        if refusals[0] is not None and None not in refusals:
            raise refusals[0]
        return tuple(seen)

    def _ask(self, candidate: Candidate, venue_id: int) -> list[Sighting]:
        shop = catalogue.shop(candidate.platform, venue_id)
        if shop is None:
            known = catalogue.platform(candidate.platform) is not None
            raise VoucherError("platform_disabled" if known else "voucher_not_found",
                               platform=candidate.platform)
        prepared = self._ports.prepare("inspect.prepare", candidate.platform, candidate,
                                       shop_of(shop))
        if not prepared.certificates:
            raise VoucherError("already_redeemed", platform=candidate.platform)
        return [Sighting(one, candidate, prepared.verify_token) for one in prepared.certificates]

    def _explained(self, refused: VoucherError, reading: Reading, venue: Venue,
                   actor: Actor) -> VoucherError:
        """The platform's refusal with what we know: which venues are right, when it was used.
        Its own words and numbers are for the log only."""
        shop_id = str(refused.facts.get("shop_id") or "")
        for name in THEIR_OWN:
            refused.facts.pop(name, None)
        if refused.word == "wrong_venue":
            refused.facts.update(here=venue.name, venues=self._venues_that_take(reading, venue))
        if refused.word in ("already_redeemed", "voucher_not_found") and \
                actor.kind == "anonymous":
            return VoucherError("voucher_not_found")
        if refused.word == "already_redeemed":
            refused.facts.update(self._use_we_know(reading, actor)
                                 or self._use_they_know(reading, shop_id))
        return refused

    def _venues_that_take(self, reading: Reading, venue: Venue) -> list[str]:
        """Names of venues whose shop may use it: asked, not guessed, as far as time allows."""
        names: list[str] = []
        for candidate in reading.candidates:
            others = [shop for shop in catalogue.shops(candidate.platform)
                      if shop.venue_id != venue.id][:MOST_OTHER_VENUES]
            for shop in others:
                try:
                    if self._ports.prepare("inspect.elsewhere", candidate.platform, candidate,
                                           shop_of(shop)).certificates:
                        names.append(shop.venue_name)
                except (VoucherError, PlatformError):
                    continue
        return names

    @staticmethod
    def _use_they_know(reading: Reading, shop_id: str) -> dict[str, object]:
        """The venue behind the shop that the platform names."""
        names = [shop.venue_name for one in reading.candidates
                 for shop in catalogue.shops(one.platform) if shop_id and shop.shop_id == shop_id]
        return {"where": names[0]} if names else {}

    @staticmethod
    def _use_we_know(reading: Reading, actor: Actor) -> dict[str, object]:
        for candidate in reading.candidates:
            known = vouchers.last_use(candidate.platform, candidate.value)
            if known is not None:
                told: dict[str, object] = {"at": known.at.isoformat(), "where": known.venue_name}
                return told | ({"by": known.by} if actor.kind == "staff" else {})
        return {}


def refusal(certificate: Certificate, at: datetime) -> VoucherError | None:
    """Why a certificate cannot be used at this instant, from what the platform said of it."""
    if certificate.status in REFUSALS:
        return VoucherError(REFUSALS[certificate.status])
    if certificate.uses_left < 1:
        return VoucherError("already_redeemed")
    window = Window(certificate.starts, certificate.expires)
    if certificate.starts is not None and window.phase(at) is Phase.NOT_STARTED:
        return VoucherError("not_started", starts=certificate.starts.isoformat())
    if certificate.expires is not None and window.phase(at) is Phase.ENDED:
        return VoucherError("expired", expired_at=certificate.expires.isoformat())
    return None



def _tells(error: HexiaotaiError) -> int:
    """How much an error says about the code, when two platforms were asked: a reason about this
    very certificate beats an unknown, and an unknown beats "not mine"."""
    if isinstance(error, VoucherError):
        return {"voucher_not_found": 1, "unreadable": 1, "platform_disabled": 2, "own_code": 3}.get(
            error.word, 9)
    return 5 if isinstance(error, PlatformUnknown | PlatformBusy) else 4
