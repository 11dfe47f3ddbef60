"""Making one member of two: everything that one holds becomes the other's. Runs inside `transact`.

Audit rows stay as they were written: they tell who somebody was then.
"""

from __future__ import annotations

from datetime import datetime

from peewee import Field

from core.store.compiled import insert
from core.store.pricing.holdings import FACE, faceless
from core.store.tables import (
    Booking,
    CourseOrder,
    Entitlement,
    Member,
    MemberCard,
    MemberIdentity,
    PhoneCode,
    PriceCouponClaim,
    PriceOrder,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
    Redemption,
    Row,
    Session,
    Visit,
    Voucher,
)

OWNED: tuple[tuple[type[Row], Field], ...] = (
    # Redemptions first: their rows' locks make a settlement wait that is granting right now.
    (Redemption, Redemption.member), (MemberIdentity, MemberIdentity.member),
    (MemberCard, MemberCard.member), (CourseOrder, CourseOrder.member),
    (Booking, Booking.member), (Visit, Visit.member), (PhoneCode, PhoneCode.member),
    (Entitlement, Entitlement.member), (Voucher, Voucher.user_id),
    (PriceOrder, PriceOrder.user_id), (PriceVoucherCode, PriceVoucherCode.user_id),
    (PriceVoucherUsage, PriceVoucherUsage.user_id),
    (PriceVoucherCodeArchive, PriceVoucherCodeArchive.user_id), (Member, Member.merged_into),
)
"""Every column that names a member as the owner of something."""


def move_everything(gone: int, keep: int, at: datetime) -> None:
    """What `gone` holds, is known by and is signed in with becomes `keep`'s."""
    for table, column in OWNED:
        table.update({column: keep}).where(column == gone).execute()
    for acting, subject in ((Redemption.actor_kind, Redemption.actor_id),
                            (Session.kind, Session.subject_id)):
        table = acting.model
        value = str(keep) if subject is Session.subject_id else keep
        was = str(gone) if subject is Session.subject_id else gone
        table.update({subject: value}).where((acting == "member") & (subject == was)).execute()
    _coupons(gone, keep)
    # Codes claimed without a face carry `faceless(gone)`: from now on one of the faces of `keep`.
    insert(MemberIdentity, member=keep, kind=FACE, app_id="", external_id=faceless(gone),
           created_at=at)
    # Whoever was here already is not a new member any more.
    Member.update(merged_into=keep, first_platform=None).where(Member.id == gone).execute()


def _coupons(gone: int, keep: int) -> None:
    """Claims are numbered per coupon and holder: those that come follow those that are there."""
    claims = list(PriceCouponClaim.select().where(PriceCouponClaim.holder == f"m{gone}")
                  .order_by(PriceCouponClaim.coupon, PriceCouponClaim.number))
    last: dict[int, int] = {}
    for claim in claims:
        coupon = int(claim.coupon_id)
        if coupon not in last:
            last[coupon] = max((row.number for row in PriceCouponClaim.select().where(
                (PriceCouponClaim.coupon == coupon)
                & (PriceCouponClaim.holder == f"m{keep}"))), default=0)
        last[coupon] += 1
        PriceCouponClaim.update(holder=f"m{keep}", user_id=keep, number=last[coupon]).where(
            PriceCouponClaim.id == claim.id).execute()
    PriceCouponClaim.update(user_id=keep).where(PriceCouponClaim.user_id == gone).execute()
