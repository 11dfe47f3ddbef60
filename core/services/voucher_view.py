"""What staff see of a voucher: masked for clerks, whole for managers (invariant I8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.ids import mask_code, mask_name, mask_phone
from core.money import Money
from core.services.actor import Actor, Role
from core.services.inspect import STATUS, masked
from core.services.inspection import PersonRef, Sighting, VenueRef
from core.store import catalogue, voucher_search
from core.vouchers.redemption import VoucherStatus
from core.vouchers.validity import Window


@dataclass(frozen=True, slots=True)
class VoucherView:
    """One voucher with the seed's names.

    Managers see the whole code and the linked member's phone and name; clerks see them masked.
    Without a member, phone and name are the buyer's as the platform gave them. A voucher that
    only its platform knows has no `id`, no `created_at`, and no type while its SKU is unmapped.
    """

    id: int | None
    voucher_no: str
    certificate_id: str
    platform_id: int | None
    platform_code: str
    platform_name: str
    platform_order_no: str | None
    voucher_type: int | None
    product_id: int | None
    product_name: str
    original_price: Money | None
    paid_price: Money | None
    user_phone: str | None
    user_name: str | None
    user_id: int | None
    status: VoucherStatus
    uses_total: int
    uses_used: int
    expire_date: date | None
    verified_at: datetime | None = None
    verified_by: int | None = None
    verified_by_name: str | None = None
    venue_id: int | None = None
    venue_name: str | None = None
    remark: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the verification log. `operation_type` as in the seed and its extension;
    `actor` is the staff member, where one did it; `actor_kind` says who or what else."""

    at: datetime
    operation_type: int
    actor: PersonRef | None
    actor_kind: str
    door: str
    venue: VenueRef | None
    platform_log_id: str
    redemption: str | None
    result_type: int | None
    result_id: int | None
    remark: str


@dataclass(frozen=True, slots=True)
class VoucherDetail(VoucherView):
    """`redemption`: ref of the newest one, whatever became of it; `nameless`: what it gave is
    nobody's yet, for want of a phone number."""

    redemption: str | None = None
    nameless: bool = False
    history: tuple[HistoryLine, ...] = ()


def sees_whole(actor: Actor) -> bool:
    """Whether codes, names and phones are shown unmasked."""
    return actor.kind == "system" or (actor.role is not None and actor.role >= Role.MANAGER)


def of_row(row: Any, actor: Actor) -> VoucherView:
    """A row of `voucher_search.shown`."""
    whole = sees_whole(actor)
    phone, name = row.member_phone, row.member_name or row.user_name
    return VoucherView(
        id=row.id, voucher_no=row.voucher_no if whole else mask_code(row.voucher_no),
        certificate_id=row.certificate_id if whole else mask_code(row.certificate_id),
        platform_id=row.platform_id, platform_code=row.platform_code,
        platform_name=row.platform_name, platform_order_no=row.platform_order_no,
        voucher_type=row.voucher_type, product_id=row.product_id, product_name=row.product_name,
        original_price=row.original_price_fen, paid_price=row.paid_price_fen,
        user_phone=(phone if whole else mask_phone(phone)) if phone
        else masked(row.user_phone or "") or None,
        user_name=name if whole or not name else mask_name(name),
        user_id=row.user_id, status=VoucherStatus(row.status), uses_total=row.uses_total,
        uses_used=row.uses_used, expire_date=row.expire_date, verified_at=row.verified_at,
        verified_by=row.verified_by, verified_by_name=row.staff_name,
        venue_id=row.venue_id, venue_name=row.venue_name,
        remark=row.remark, created_at=row.created_at, updated_at=row.updated_at)


def of_sighting(sighting: Sighting, actor: Actor, zone: str) -> VoucherDetail:
    """What a platform says of a certificate that we have never met."""
    one, whole = sighting.certificate, sees_whole(actor)
    platform = catalogue.platform(one.platform)
    mapped = catalogue.product_of(platform.id, one.sku_id) if platform is not None else None
    product = mapped[1] if mapped is not None else None
    number = one.code or one.certificate_id
    status = STATUS[one.status]
    if status is VoucherStatus.UNUSED and one.uses_left < one.uses_total:
        status = VoucherStatus.PARTLY_REDEEMED
    return VoucherDetail(
        id=None, voucher_no=number if whole else mask_code(number),
        certificate_id=one.certificate_id if whole else mask_code(one.certificate_id),
        platform_id=platform.id if platform is not None else None, platform_code=one.platform,
        platform_name=platform.platform_name if platform is not None else one.platform,
        platform_order_no=one.order_id or None,
        voucher_type=product.voucher_type if product is not None else None,
        product_id=product.id if product is not None else None,
        product_name=product.name if product is not None else one.title,
        original_price=one.original, paid_price=one.paid,
        user_phone=masked(one.buyer_phone) or None,
        user_name=(one.buyer_name if whole else mask_name(one.buyer_name)) or None, user_id=None,
        status=status, uses_total=one.uses_total, uses_used=one.uses_total - one.uses_left,
        expire_date=Window(ends=one.expires).last_day(zone))


def whole_history(voucher_id: int) -> tuple[HistoryLine, ...]:
    """Everything that was done with a voucher, oldest first."""
    return tuple(_line(row) for row in voucher_search.history(voucher_id))


def _line(row: Any) -> HistoryLine:
    redemption = getattr(row, "redemption", None)
    place = getattr(redemption, "place", None)
    staff = getattr(row, "staff", None)
    return HistoryLine(
        at=row.created_at, operation_type=row.operation_type,
        actor=PersonRef(staff.id, staff.name, "") if staff is not None and row.operator_id
        else None,
        actor_kind=row.actor_kind, door=row.door,
        venue=VenueRef(place.id, place.name) if place is not None else None,
        platform_log_id=row.platform_log_id,
        redemption=redemption.ref if redemption is not None else None,
        result_type=row.result_type, result_id=row.result_id, remark=row.remark)
