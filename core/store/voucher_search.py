"""Finding vouchers by the seed's filters (checklist S118–S125, decision Q16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import JOIN

from core.clock import EARLIEST, LATEST, day_ends, day_starts
from core.ids import clean_code, clean_phone, mask_phone
from core.store import vouchers
from core.store.counted import CREATED, EXPIRE, VERIFIED
from core.store.select import first, tuples
from core.store.tables import Member, Platform, Redemption, Staff, Venue, VerificationLog, Voucher
from core.store.tallies import Kind

DATES: dict[str, Any] = {CREATED: Voucher.created_at, VERIFIED: Voucher.verified_at,
                         EXPIRE: Voucher.expire_date}
"""The column behind each dimension."""
TAIL = 4
"""Characters that people read out."""


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """`date_field`: created, verified or expire; both days belong to the range. `venues`: the
    caller's, None for all; vouchers that belong to no venue yet are everybody's."""

    keyword: str = ""
    platform_id: int | None = None
    voucher_type: int | None = None
    status: int | None = None
    venue_id: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    date_field: str = CREATED
    venues: frozenset[int] | None = None

    def kind(self) -> Kind:
        """The filter without its dates and keyword."""
        return Kind(self.platform_id, self.voucher_type, self.status, self.venue_id, self.venues)

    @property
    def dated(self) -> bool:
        return self.start_date is not None or self.end_date is not None


def within_time(day: date | None) -> date | None:
    """A day that somebody typed, brought to where calendars work."""
    return None if day is None else max(EARLIEST, min(day, LATEST))


def of_kind(kind: Kind) -> Iterator[Any]:
    """Conditions on vouchers, from the index of any date.

    `+ 0` keeps the databases from taking another index instead, which would find a hundred
    thousand vouchers of a platform in order to throw most of them away.
    """
    for column, value in ((Voucher.platform, kind.platform_id),
                          (Voucher.voucher_type, kind.voucher_type),
                          (Voucher.status, kind.status), (Voucher.venue, kind.venue_id)):
        if value is not None:
            yield (column + 0) == value
    if kind.venues is not None:
        venue = Voucher.venue + 0
        yield venue.in_(sorted(kind.venues)) | venue.is_null()


def bounds(dimension: str, start: date, end: date, zone: str) -> tuple[Any, Any]:
    """The half-open range of a date's column that days stand for, both included."""
    if dimension == EXPIRE:
        return start, end + timedelta(days=1)
    return day_starts(start, zone), day_ends(end, zone)


def within(dimension: str, start: date | None, end: date | None, zone: str) -> Iterator[Any]:
    """Conditions of days, both included: the start first."""
    column = DATES[dimension]
    if start is not None:
        yield column >= bounds(dimension, start, start, zone)[0]
    if end is not None:
        yield column < bounds(dimension, end, end, zone)[1]


def matching(wanted: VoucherFilter, zone: str) -> list[Any]:
    """All conditions of a filter on vouchers; none for an empty filter."""
    found = [*of_kind(wanted.kind()),
             *within(wanted.date_field, wanted.start_date, wanted.end_date, zone)]
    if wanted.keyword.strip():
        found.append(Voucher.id.in_(sorted(of_keyword(wanted.keyword))))
    return found


def of_keyword(text: str) -> set[int]:
    """Ids of the vouchers behind a whole code, certificate id, order number or phone, or the last
    four characters of a code or of a member's phone (codes and phones are sealed, so nothing
    between can be searched).

    One query for each index: asked in one, the databases would read every voucher.
    """
    cleaned, phone = clean_code(text), clean_phone(text)
    platforms = [row[0] for row in tuples(Platform.select(Platform.id))]
    sought = [Voucher.voucher_no == cleaned,
              Voucher.platform.in_(platforms) & (Voucher.certificate_id == cleaned),
              Voucher.platform_order_no == text.strip()]
    if phone is not None:
        sought += [Voucher.user_phone == mask_phone(phone), *_of_members(Member.phone == phone)]
    if len(cleaned) == TAIL:
        sought += [Voucher.code_tail == cleaned, *_of_members(Member.phone_tail == cleaned)]
    return {row[0] for condition in sought
            for row in tuples(Voucher.select(Voucher.id).where(condition))}


def _of_members(condition: Any) -> list[Any]:
    members = [row[0] for row in tuples(Member.select(Member.id).where(condition))]
    return [Voucher.user_id.in_(members)] if members else []


SHOWN = (Voucher.id, Voucher.voucher_no, Voucher.certificate_id, Voucher.platform_order_no,
         Voucher.voucher_type, Voucher.product_name, Voucher.original_price_fen,
         Voucher.paid_price_fen, Voucher.user_phone, Voucher.user_name, Voucher.user_id,
         Voucher.status, Voucher.uses_total, Voucher.uses_used, Voucher.expire_date,
         Voucher.verified_at, Voucher.verified_by, Voucher.remark, Voucher.created_at,
         Voucher.updated_at, Voucher.platform.alias("platform_id"),
         Voucher.product.alias("product_id"), Voucher.venue.alias("venue_id"),
         Platform.platform_code, Platform.platform_name, Venue.name.alias("venue_name"),
         Member.name.alias("member_name"), Member.phone.alias("member_phone"),
         Staff.name.alias("staff_name"))


def shown() -> Any:
    """Vouchers with what a list shows beside them: platform, venue, member, who redeemed it. Its
    rows are plain named tuples of SHOWN: a page of a hundred is twice as fast as with objects."""
    return (Voucher.select(*SHOWN)
            .join(Platform).switch(Voucher)
            .join(Venue, JOIN.LEFT_OUTER).switch(Voucher)
            .join(Member, JOIN.LEFT_OUTER, on=Member.id == Voucher.user_id).switch(Voucher)
            .join(Staff, JOIN.LEFT_OUTER, on=Staff.id == Voucher.verified_by).namedtuples())


def by_ids(ids: Sequence[int]) -> list[Any]:
    """These vouchers as `shown`, in the order of the ids."""
    found = {row.id: row for row in shown().where(Voucher.id.in_(list(ids)))} if ids else {}
    return [found[each] for each in ids if each in found]


def one(voucher_id: int) -> Any | None:
    """A voucher as `shown`."""
    return shown().where(Voucher.id == voucher_id).first()


def with_code(code: str) -> Any | None:
    """A voucher by its plain code or certificate id, whatever its platform; the newest wins."""
    ids = vouchers.ids_of_code(code)
    return one(ids[-1]) if ids else None


def of_certificate(platform_code: str, certificate_id: str) -> Any | None:
    """A voucher by what its platform calls it."""
    return shown().where((Platform.platform_code == platform_code)
                         & (Voucher.certificate_id == certificate_id)).first()


def newest_redemption(voucher_id: int) -> str | None:
    """The ref of a voucher's newest redemption, whatever became of it."""
    row = first(Redemption.select(Redemption.ref).where(Redemption.voucher == voucher_id)
                .order_by(Redemption.id.desc()))
    return row.ref if row is not None else None


def history(voucher_id: int) -> list[Any]:
    """The verification log with who and where, oldest first."""
    return list(
        VerificationLog.select(VerificationLog, Redemption.ref, Venue.id, Venue.name, Staff.id,
                               Staff.name)
        .join(Redemption, JOIN.LEFT_OUTER, on=Redemption.id == VerificationLog.redemption_id,
              attr="redemption")
        .join(Venue, JOIN.LEFT_OUTER, on=Venue.id == Redemption.venue, attr="place")
        .switch(VerificationLog)
        .join(Staff, JOIN.LEFT_OUTER, on=Staff.id == VerificationLog.operator_id, attr="staff")
        .where(VerificationLog.voucher == voucher_id).order_by(VerificationLog.id))


def platform_names() -> dict[int, str]:
    """Every platform's name, of those switched off too."""
    return dict(tuples(Platform.select(Platform.id, Platform.platform_name)))


def venue_names() -> dict[int, str]:
    """Every venue's name, of closed ones too."""
    return dict(tuples(Venue.select(Venue.id, Venue.name)))
