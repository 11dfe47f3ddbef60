"""Visits, and what a member may come in with. Callers hold a transaction where they write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.store.compiled import insert
from core.store.db import MARIADB, SQLITE, Store, locked
from core.store.select import first
from core.store.tables import CourseOrder, Member, MemberCard, Product, Venue, Visit

MOST = 100
_NOW = {SQLITE: "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
        MARIADB: "SELECT UTC_TIMESTAMP(6)"}
_NOW_ELSEWHERE = "SELECT timezone('utc', clock_timestamp())"


def shared_now(store: Store) -> datetime:
    """The database's clock: one for all servers, however far their own have drifted apart."""
    with store.connection():
        (said,) = store.database.execute_sql(_NOW.get(store.engine, _NOW_ELSEWHERE)).fetchone()
    at = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return at.replace(tzinfo=UTC)


def hold_member(member_id: int) -> Member | None:
    """The member, held against other gates until the end of the transaction."""
    return first(locked(Member.select().where(Member.id == member_id)))


def cards(member_id: int) -> list[MemberCard]:
    """Every card with product and venue, the longest first."""
    return list(_with_product(MemberCard).where(MemberCard.member == member_id)
                .order_by(MemberCard.ends_on.desc(), MemberCard.id.desc()).limit(MOST))


def courses(member_id: int) -> list[CourseOrder]:
    """Every course with product and venue, the newest first."""
    return list(_with_product(CourseOrder).where(CourseOrder.member == member_id)
                .order_by(CourseOrder.id.desc()).limit(MOST))


def cards_by_id(ids: set[int]) -> dict[int, MemberCard]:
    """These cards with product and venue."""
    rows = _with_product(MemberCard).where(MemberCard.id.in_(ids)) if ids else ()
    return {row.id: row for row in rows}


def courses_by_id(ids: set[int]) -> dict[int, CourseOrder]:
    """These courses with product and venue."""
    rows = _with_product(CourseOrder).where(CourseOrder.id.in_(ids)) if ids else ()
    return {row.id: row for row in rows}


def members_by_id(ids: set[int]) -> dict[int, Member]:
    return {row.id: row for row in Member.select().where(Member.id.in_(ids))} if ids else {}


def card(card_id: int) -> MemberCard | None:
    return first(_with_product(MemberCard).where(MemberCard.id == card_id))


def course(course_id: int) -> CourseOrder | None:
    return first(_with_product(CourseOrder).where(CourseOrder.id == course_id))


def _with_product(table: Any) -> Any:
    return (table.select(table, Product, Venue).join(Product).switch(table).join(Venue))


def add(at: datetime, **columns: Any) -> int:
    """Fails on the unique index when this pass has been counted."""
    return insert(Visit, **columns, came_at=at, created_at=at)


def of_pass(pass_hash: str) -> Visit | None:
    """The visit that a pass was counted as."""
    return first(Visit.select().where(Visit.pass_hash == pass_hash))


def last(member_id: int, venue_id: int, card_id: int | None,
         course_order_id: int | None) -> Visit | None:
    """The member's latest visit to a venue with this very card or course that still counts."""
    return first(Visit.select().where(
        (Visit.member == member_id) & (Visit.venue == venue_id) & Visit.undone_at.is_null()
        & (Visit.card == card_id if card_id is not None
           else Visit.course_order == course_order_id)).order_by(Visit.id.desc()).limit(1))


def of_member(member_id: int, page: int, size: int) -> tuple[list[Visit], int]:
    """A page of visits with their venues, the latest first; and how many there are."""
    return _page(Visit.member == member_id, (Visit.came_at.desc(), Visit.id.desc()), page, size)


def at_venue(venue_id: int, page: int, size: int) -> tuple[list[Visit], int]:
    """A page of who came to a venue, the latest first; and how many visits there are."""
    # By id, the order in which they were counted: so the index of the venue has them already.
    return _page(Visit.venue == venue_id, (Visit.id.desc(),), page, size)


def _page(wanted: Any, order: tuple[Any, ...], page: int, size: int) -> tuple[list[Visit], int]:
    rows = (Visit.select(Visit, Venue).join(Venue).where(wanted)
            .order_by(*order).paginate(page, size))
    return list(rows), Visit.select().where(wanted).count()


def undo(visit_id: int, at: datetime) -> bool:
    """Mark a visit as given back; False when it was before."""
    return bool(Visit.update(undone_at=at).where(
        (Visit.id == visit_id) & Visit.undone_at.is_null()).execute() == 1)


def visit(visit_id: int) -> Visit | None:
    return first(Visit.select(Visit, Venue).join(Venue).where(Visit.id == visit_id))


def open_venues() -> list[Venue]:
    """Where a member may use a voucher, by id."""
    return list(Venue.select().where(Venue.status == 1).order_by(Venue.id))
