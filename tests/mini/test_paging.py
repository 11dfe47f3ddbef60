"""Every list of the members' door comes in pages of the one shape, and no larger than asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.store.tables import MemberCard, MemberIdentity
from tests.builders import Chain
from tests.mini.phones import Phone

NewPhone = Callable[..., Phone]
LISTS = ("cards", "courses", "bookings", "redemptions", "visits", "coupons?venue_id={venue}")


@pytest.fixture
def lin(phone: NewPhone, chain: Chain) -> Phone:
    """Somebody with five cards and three courses."""
    signed_in = phone()
    with chain.store.connection():
        mine = MemberIdentity.get(MemberIdentity.external_id == signed_in.openid).member_id
        for days in range(5):
            MemberCard.update(member=mine).where(
                MemberCard.id == chain.card(ends_in=10 + days)).execute()
    for _ in range(3):
        chain.course(mine)
    return signed_in


def test_pages_follow_each_other_and_end(lin: Phone) -> None:
    pages = [lin.get(f"cards?page={number}&page_size=2") for number in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
    assert {page["total"] for page in pages} == {5}
    assert [page["page"] for page in pages] == [1, 2, 3, 4]
    ends = [card["ends_on"] for page in pages for card in page["items"]]
    assert ends == sorted(ends, reverse=True) and len(set(ends)) == 5


def test_the_seeds_names_work_too(lin: Phone) -> None:
    assert len(lin.get("courses?pageNum=2&pageSize=2")["items"]) == 1


@pytest.mark.parametrize("path", LISTS)
def test_the_frame_is_the_same_everywhere(lin: Phone, chain: Chain, path: str) -> None:
    path = path.format(venue=chain.binjiang)
    bare, most = lin.get(path), lin.get(f"{path}{'&' if '?' in path else '?'}page_size=9999")
    assert set(bare) == {"items", "total", "page", "page_size"}
    assert (bare["page"], bare["page_size"], most["page_size"]) == (1, 20, 100)


@pytest.mark.parametrize("wrong", ["page=0", "page=-1", "page_size=0", "page=x",
                                   "page=99999999999999999999"])
def test_what_is_no_page(lin: Phone, wrong: str) -> None:
    assert lin.refused("GET", f"cards?{wrong}") == (422, "invalid_input")
