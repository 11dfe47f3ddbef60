"""The list of vouchers: whatever the filter, order and page, as if sorted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.config import Settings
from core.errors import NotAllowed
from core.services.actor import Actor
from core.store.tables import Member, Voucher
from tests.shelf import DATES, NOW, TODAY, Shelf, a_shelf, day_of, plainly


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    made = a_shelf(settings)
    yield made
    made.services.store.close()


def matches(row: Voucher, wanted: dict[str, Any]) -> bool:
    day = day_of(row, wanted.get("date_field", "created"))
    start, end = wanted.get("start_date"), wanted.get("end_date")
    return ((start is None or (day is not None and day >= start))
            and (end is None or (day is not None and day <= end))
            and all(wanted.get(name) in (None, getattr(row, name)) for name in (
                "platform_id", "voucher_type", "status", "venue_id")))


def a_filter(shelf: Shelf) -> dict[str, Any]:
    random = shelf.random
    wanted: dict[str, Any] = {"date_field": random.choice(DATES)}
    for name, most in (("platform_id", 2), ("voucher_type", 3), ("status", 7), ("venue_id", 2)):
        if random.random() < 0.35:
            wanted[name] = random.randint(1, most)
    if random.random() < 0.5:
        wanted["start_date"] = TODAY - timedelta(days=random.randrange(80))
    if random.random() < 0.5:
        wanted["end_date"] = TODAY - timedelta(days=random.randrange(-30, 60))
    return wanted


def walked(shelf: Shelf, actor: Actor, size: int, **wanted: Any) -> list[int]:
    """The ids of page after page."""
    found: list[int] = []
    page = 1
    while True:
        ids = [one.id for one in shelf.services.vouchers.page(
            actor, page=page, page_size=size, **wanted)["items"]]
        found += [each for each in ids if each is not None]
        if len(ids) < size:
            return found
        page += 1


def test_every_page_of_any_filter_is_right_while_half_is_not_folded(shelf: Shelf) -> None:
    shelf.fill(260)
    shelf.services.tallies.fold()
    shelf.fill(60)
    shelf.change_some(40)
    rows = shelf.all()
    for _ in range(50):
        wanted = a_filter(shelf)
        sort = shelf.random.choice((None, *DATES, *(f"-{name}" for name in DATES)))
        order = sort or f"-{wanted['date_field']}"
        right = [row for row in rows if matches(row, wanted)]
        expected = plainly(right, order.lstrip("-"), order.startswith("-"))
        size = shelf.random.choice((7, 20, 100))
        assert walked(shelf, shelf.owner, size, sort=sort, **wanted) == expected, (wanted, sort)
        page = shelf.services.vouchers.page(shelf.owner, page=3, page_size=4, sort=sort, **wanted)
        assert page["total"] == len(right)
        anyhow = [row for row in rows if matches(row, wanted | {"status": None})]
        assert page["by_status"] == Counter(row.status for row in anyhow)


def test_the_last_day_belongs_to_the_range_until_midnight_in_shanghai(shelf: Shelf) -> None:
    late = shelf.add(created_at=datetime(2026, 11, 20, 15, 59, 59, 999999, tzinfo=UTC))
    next_day = shelf.add(created_at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    day = {"start_date": date(2026, 11, 20), "end_date": date(2026, 11, 20)}
    assert walked(shelf, shelf.owner, 10, **day) == [late]
    shelf.services.tallies.fold()
    assert walked(shelf, shelf.owner, 10, **day) == [late]
    assert walked(shelf, shelf.owner, 10, start_date=date(2026, 11, 21)) == [next_day]


def test_pages_stay_right_when_a_whole_import_came_in_one_instant(shelf: Shelf) -> None:
    ids = [shelf.add(created_at=NOW) for _ in range(50)]
    assert walked(shelf, shelf.owner, 7) == ids[::-1]
    assert walked(shelf, shelf.owner, 7, sort="created") == ids


def test_staff_see_their_own_venues_and_what_no_venue_has_yet(shelf: Shelf) -> None:
    own, other, nobodys = shelf.add(venue=1), shelf.add(venue=2), shelf.add(venue=None)
    assert set(walked(shelf, shelf.clerk, 10)) == {own, nobodys}
    assert shelf.services.vouchers.page(shelf.clerk)["total"] == 2
    assert set(walked(shelf, shelf.owner, 10)) == {own, other, nobodys}
    assert walked(shelf, shelf.clerk, 10, venue_id=1) == [own]
    with pytest.raises(NotAllowed):
        shelf.services.vouchers.page(shelf.clerk, venue_id=2)
    with pytest.raises(NotAllowed):
        shelf.services.vouchers.page(Actor("kiosk", 1, "kiosk", 1))


def test_a_clerk_sees_masks_and_a_manager_the_whole(shelf: Shelf) -> None:
    shelf.add(voucher_no="612232529041989", user_id=1, user_phone="138****8000",
              user_name="林知夏", venue=1, status=2, verified_at=NOW, verified_by=3)
    (masked,) = shelf.services.vouchers.page(shelf.clerk)["items"]
    assert (masked.voucher_no, masked.user_phone, masked.user_name) == (
        "6122****89", "138****8000", "林**")
    (whole,) = shelf.services.vouchers.page(shelf.manager)["items"]
    assert (whole.voucher_no, whole.user_phone, whole.user_name) == (
        "612232529041989", "13800138000", "林知夏")
    assert (whole.venue_name, whole.verified_by_name) == ("滨江店", "林小满")


def test_a_buyer_who_is_no_member_stays_masked(shelf: Shelf) -> None:
    shelf.add(user_phone="139****1234", user_name="王一鸣")
    shelf.add(user_phone="13912341234", user_name=None)
    for actor, name in ((shelf.clerk, "王**"), (shelf.manager, "王一鸣")):
        second, first = shelf.services.vouchers.page(actor)["items"]
        assert (first.user_phone, first.user_name) == ("139****1234", name)
        assert (second.user_phone, second.user_name) == ("139****1234", None)


@pytest.mark.parametrize("keyword", [
    pytest.param("612232529041989", id="the whole code"),
    pytest.param(" 6122-3252-9041 989 ", id="as typed"),
    pytest.param("6122325290419890001", id="the certificate id"),
    pytest.param("order-77", id="the order"),
    pytest.param("13800138000", id="the member's phone"),
    pytest.param("+86 139 1111 1234", id="the buyer's phone, which the platform masked"),
    pytest.param("1989", id="the code's last four"),
    pytest.param("8000", id="the last four of the member's phone"),
])
def test_a_keyword_finds_the_voucher(shelf: Shelf, keyword: str) -> None:
    shelf.fill(30)
    wanted = shelf.add(voucher_no="612232529041989", certificate_id="6122325290419890001",
                       code_tail="1989", platform_order_no="order-77", user_id=1,
                       user_phone="139****1234", platform=2)
    assert walked(shelf, shelf.owner, 10, keyword=keyword) == [wanted]
    page = shelf.services.vouchers.page(shelf.owner, keyword=keyword, platform_id=2)
    assert page["total"] == 1 and page["by_status"] == {1: 1}
    assert shelf.services.vouchers.page(shelf.owner, keyword=keyword, platform_id=1)["total"] == 0
    assert shelf.services.vouchers.page(
        shelf.owner, keyword=keyword, end_date=TODAY - timedelta(days=1))["total"] == 0


@pytest.mark.parametrize("keyword", ["612232", "%", "_", "1'; --", "138", "没有这张", "x" * 100])
def test_a_keyword_that_is_nothing_finds_nothing(shelf: Shelf, keyword: str) -> None:
    shelf.add(voucher_no="612232529041989")
    assert shelf.services.vouchers.page(shelf.owner, keyword=keyword)["total"] == 0


def test_many_with_the_same_last_four_are_paged_too(shelf: Shelf) -> None:
    ids = [shelf.add(code_tail="7730", created_at=NOW - timedelta(hours=hours))
           for hours in range(25)]
    assert walked(shelf, shelf.owner, 10, keyword="7730") == ids
    assert walked(shelf, shelf.owner, 10, keyword="7730", sort="created") == ids[::-1]


def test_days_beyond_any_calendar_do_no_harm(shelf: Shelf) -> None:
    only = shelf.add(expire_date=date(2027, 1, 1))
    for field in DATES[::2]:
        assert walked(shelf, shelf.owner, 10, date_field=field, start_date=date.min,
                      end_date=date.max) == [only]
    assert walked(shelf, shelf.owner, 10, start_date=date(2026, 12, 1),
                  end_date=date(2026, 1, 1)) == []


def test_pages_after_the_last_are_empty(shelf: Shelf) -> None:
    shelf.fill(5)
    for sort in ("-created", "verified", "-expire"):
        page = shelf.services.vouchers.page(shelf.owner, page=100, page_size=20, sort=sort)
        assert (page["items"], page["total"]) == ([], 5)


def test_a_member_without_a_phone_shows_the_buyers(shelf: Shelf) -> None:
    with shelf.services.store.connection():
        Member.insert(id=9, phone=None, name="", created_at=NOW).execute()
    shelf.add(user_id=9, user_phone="139****1234", user_name="王一鸣")
    (one,) = shelf.services.vouchers.page(shelf.manager)["items"]
    assert (one.user_phone, one.user_name) == ("139****1234", "王一鸣")
