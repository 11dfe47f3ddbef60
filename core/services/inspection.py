"""What an inspection found: plain values for the doors, and the sealed token that carries them.

The token holds what the platform's read-only prepare said, so that inspecting writes nothing and
the request that follows needs no second call, even after a restart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.errors import InvalidInput, VoucherError
from core.money import Money
from core.store.tables.fields import Vault
from core.store.vault import WrongKey
from core.vouchers.certificate import Certificate, CertificateStatus
from core.vouchers.reading import Candidate, Form
from core.vouchers.redemption import ResultType, VoucherStatus

TOKEN_VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class VenueRef:
    id: int
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Name and phone are masked. `known`: was a member before this."""

    id: int | None
    name: str
    phone: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the certificate may become.

    `choice` is its word in a request: open, renew:<card id>, course, class:<session id>.
    `before` and `after` are last days (included) of the card now and then; `days` and `uses` are
    what one redemption of the certificate gives. `why_not`: class_full.
    """

    choice: str
    result_type: ResultType
    product_id: int
    product_name: str
    kind: str
    days: int | None = None
    uses: int | None = None
    before: date | None = None
    after: date | None = None
    card_id: int | None = None
    session_id: int | None = None
    session_title: str = ""
    coach: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    seats_left: int | None = None
    recommended: bool = False
    enabled: bool = True
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class FoundCertificate:
    """A certificate at its platform, merged with what we know. `expire_date` is the last usable
    day at the venue; a used, expired or refunded one has no choices."""

    certificate: int
    platform: str
    platform_name: str
    kind: str
    voucher_type: int
    product_name: str
    title: str
    code_masked: str
    code_tail: str
    original_price: Money
    paid_price: Money
    user_phone: str
    user_name: str
    status: VoucherStatus
    expire_date: date | None
    days_left: int | None
    uses_total: int
    uses_left: int
    venues: tuple[VenueRef, ...]
    needs_phone: bool
    member: PersonRef | None
    choices: tuple[Choice, ...]
    sibling: bool = False
    """Of the same order, but unknown by code: it can only be used along with the scanned one, and
    the platform picks which it is."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """`token` is sealed, good for 15 minutes and for the venue where the scan happened."""

    token: str
    certificates: tuple[FoundCertificate, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One certificate as one prepare showed it; what a request needs of it."""

    certificate: Certificate
    candidate: Candidate
    verify_token: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """The content of a token."""

    venue_id: int
    at: datetime
    sightings: tuple[Sighting, ...]


def seal(seen: Seen, vault: Vault) -> str:
    """The token of an inspection."""
    return vault.encrypt(json.dumps({
        "venue": seen.venue_id, "at": seen.at.isoformat(),
        "seen": [_packed(sighting) for sighting in seen.sightings]}, ensure_ascii=False))


def unseal(token: str, vault: Vault, at: datetime) -> Seen:
    """Read a token back. Raises VoucherError("inspection_expired"), InvalidInput."""
    try:
        content = json.loads(vault.decrypt(token))
    except (WrongKey, ValueError) as error:
        raise InvalidInput("inspection_unreadable") from error
    seen = Seen(content["venue"], datetime.fromisoformat(content["at"]),
                tuple(_unpacked(packed) for packed in content["seen"]))
    if at - seen.at > TOKEN_VALID:
        raise VoucherError("inspection_expired")
    return seen


def _packed(sighting: Sighting) -> dict[str, Any]:
    one = sighting.certificate
    return {
        "platform": one.platform, "id": one.certificate_id, "order": one.order_id,
        "sku": one.sku_id, "title": one.title, "status": one.status.value,
        "original": one.original.fen, "paid": one.paid.fen, "total": one.uses_total,
        "left": one.uses_left, "amounts": [amount.fen for amount in one.use_amounts],
        "handle": one.handle, "code": one.code,
        "starts": one.starts.isoformat() if one.starts else None,
        "expires": one.expires.isoformat() if one.expires else None,
        "phone": one.buyer_phone, "name": one.buyer_name, "times": one.times_card,
        "form": sighting.candidate.form.value, "value": sighting.candidate.value,
        "verify_token": sighting.verify_token, "siblings": one.siblings,
    }


def _unpacked(packed: dict[str, Any]) -> Sighting:
    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(packed[name]) if packed[name] else None

    certificate = Certificate(
        platform=packed["platform"], certificate_id=packed["id"], order_id=packed["order"],
        sku_id=packed["sku"], title=packed["title"], status=CertificateStatus(packed["status"]),
        original=Money(packed["original"]), paid=Money(packed["paid"]),
        uses_total=packed["total"], uses_left=packed["left"],
        use_amounts=tuple(Money(fen) for fen in packed["amounts"]), handle=packed["handle"],
        code=packed["code"], starts=instant("starts"), expires=instant("expires"),
        buyer_phone=packed["phone"], buyer_name=packed["name"], times_card=packed["times"],
        siblings=packed["siblings"])
    candidate = Candidate(packed["platform"], Form(packed["form"]), packed["value"])
    return Sighting(certificate, candidate, packed["verify_token"])
