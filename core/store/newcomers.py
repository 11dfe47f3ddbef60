"""Who became a member by a voucher of which platform (the value S4: more customers)."""

from __future__ import annotations

from datetime import date

from peewee import fn

from core.clock import day_ends, day_starts
from core.store.select import tuples
from core.store.tables import Member
from core.store.tallies import Kind


def by_platform(first: date | None, last: date | None, kind: Kind, zone: str) -> dict[int, int]:
    """New members of these days by platform id; of the venues of `kind` where they came first.
    Inside one `store.snapshot()`."""
    came = [Member.first_platform.is_null(False)]
    if first is not None:
        came.append(Member.created_at >= day_starts(first, zone))
    if last is not None:
        came.append(Member.created_at < day_ends(last, zone))
    if kind.venue_id is not None:
        came.append(Member.first_venue == kind.venue_id)
    if kind.venues is not None:
        came.append(Member.first_venue.in_(sorted(kind.venues)))
    query = Member.select(Member.first_platform, fn.COUNT(Member.id)).where(*came)
    return {int(platform): int(count) for platform, count in tuples(
        query.group_by(Member.first_platform))}
