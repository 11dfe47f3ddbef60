"""The list a shop works from: every filter in its address, masked by role, harmless."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.services.redeem import RedeemRequest
from core.store.tables import Voucher
from tests.builders import Chain
from tests.desk.conftest import Browser

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def some(chain: Chain) -> dict[str, int]:
    """One redeemed at Meituan, one redeemed at Douyin, one withdrawn; name → voucher id."""
    taken = chain.redeem(chain.buy())
    lessons = chain.redeem(chain.buy("douyin", "lessons"))
    asked = chain.ask(chain.buy("meituan", "season_card"))
    chain.services.redeem.withdraw(asked.ref, chain.kiosk)
    return {"card": taken.voucher_id, "lessons": lessons.voucher_id, "unused": asked.voucher_id}


def shown(page: str) -> list[int]:
    """The voucher ids of the rows, in order."""
    return [int(one) for one in re.findall(r'class="hx-code" href="/desk/vouchers/(\d+)"', page)]


def test_the_list_has_the_seeds_columns_and_worded_states(
        clerk: Browser, some: dict[str, int]) -> None:
    page = clerk.text("/desk/vouchers")
    for head in ("券号、平台、类型", "产品", "购买人", "状态、最近一步", "到期", "操作"):
        assert head in page
    assert sorted(shown(page)) == sorted(some.values())
    chips = re.findall(r'data-state="(\w+)"><svg[^>]*><use href="#i-(\w+)"/></svg>([^<]+)</span>',
                       page)
    assert ("redeemed", "redeemed", "已核销") in chips and ("unused", "unused", "未核销") in chips


@pytest.mark.parametrize("query, names", [
    ("platform_id=douyin", {"lessons"}), ("voucher_type=1", {"card", "unused"}),
    ("status=2", {"card", "lessons"}), ("status=1", {"unused"}),
    ("keyword=13800138000", {"card", "lessons", "unused"}), ("keyword=8000", None),
    ("keyword=nothing", set()), ("status=9&platform_id=x&page=0", {"card", "lessons", "unused"})])
def test_each_filter_leaves_what_it_says(
        clerk: Browser, chain: Chain, some: dict[str, int], query: str,
        names: set[str] | None) -> None:
    query = query.replace("douyin", str(chain.platforms["douyin"]))
    found = {name for name, id_ in some.items() if id_ in shown(clerk.text(
        f"/desk/vouchers?{query}"))}
    assert names is None or found == names


def test_days_are_of_the_chosen_date_and_both_belong_to_the_range(
        clerk: Browser, chain: Chain, some: dict[str, int]) -> None:
    day = chain.today.isoformat()
    other = (chain.today - timedelta(days=1)).isoformat()
    assert len(shown(clerk.text(f"/desk/vouchers?start_date={day}&end_date={day}"))) == 3
    assert len(shown(clerk.text(
        f"/desk/vouchers?date_field=verified&start_date={day}&end_date={day}"))) == 2
    page = clerk.text(f"/desk/vouchers?start_date={day}&end_date={other}")
    assert shown(page) == [] and "开始日晚于结束日" in page


def test_sorting_turns_round_and_is_announced(clerk: Browser, some: dict[str, int]) -> None:
    newest = shown(clerk.text("/desk/vouchers"))
    page = clerk.text("/desk/vouchers?sort=created")
    assert shown(page) == newest[::-1]
    assert 'aria-sort="ascending"' in page


def test_a_page_beyond_the_last_leads_to_the_last(clerk: Browser, some: dict[str, int]) -> None:
    answer = clerk.open("/desk/vouchers?page=99")
    assert answer.status_code == 200 and len(shown(answer.text)) == 3


def test_an_empty_list_says_what_to_do(clerk: Browser) -> None:
    assert "会员来了，扫他订单里的码就行" in clerk.text("/desk/vouchers")
    assert "把筛选清空" in clerk.text("/desk/vouchers?status=4")


def test_clerks_see_masked_codes_and_phones_managers_whole_ones(
        clerk: Browser, manager: Browser, chain: Chain, some: dict[str, int]) -> None:
    with chain.store.connection():
        code = Voucher.get_by_id(some["card"]).voucher_no
    grouped = " ".join(code[at:at + 4] for at in range(0, len(code), 4))
    for path in ("/desk/vouchers", f"/desk/vouchers/{some['card']}"):
        low, high = clerk.text(path), manager.text(path)
        assert code not in low and grouped not in low and "13800138000" not in low
        assert grouped in high


def test_one_voucher_tells_its_whole_story(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    view = chain.redeem(chain.buy())
    chain.services.redeem.undo(view.ref, chain.manager, "核错人了")
    page = clerk.text(f"/desk/vouchers/{view.voucher_id}")
    story = page.split("发生过什么")[1]
    assert story.index("撤销核销") < story.index("林小满")
    for told in ("梅雪", "滨江店", "平台日志号"):
        assert told in story, told


def test_a_name_that_is_a_script_is_only_a_name(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    view = chain.redeem(chain.buy(), name=EVIL)
    with chain.store.connection():
        Voucher.update(product_name=EVIL, user_name=EVIL, remark=EVIL,
                       platform_order_no=EVIL).where(Voucher.id == view.voucher_id).execute()
    for path in ("/desk/vouchers", f"/desk/vouchers/{view.voucher_id}", "/desk/waiting",
                 f"/desk/redemptions/{view.ref}", f"/desk/redemptions/{view.ref}/undo",
                 f"/desk/redemptions/{view.ref}/slip", f"/desk/vouchers?keyword={EVIL}"):
        page = manager.text(path)
        assert "<script>alert" not in page, path


def test_an_export_holds_what_the_list_shows_masked_alike(
        clerk: Browser, chain: Chain, some: dict[str, int]) -> None:
    with chain.store.connection():
        code = Voucher.get_by_id(some["lessons"]).voucher_no
    answer = clerk.open(
        f"/desk/vouchers/export.csv?platform_id={chain.platforms['douyin']}")
    text = answer.data.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert text.count("\n") == 2 and "抖音" in text and "美团" not in text
    assert code not in text
    assert clerk.open("/desk/vouchers/export.xlsx").data[:2] == b"PK"
    assert clerk.open("/desk/vouchers/export.exe").status_code == 404


def test_asking_for_a_sync_twice_asks_once(clerk: Browser, chain: Chain) -> None:
    first = clerk.send("/desk/sync/new", {"platform": "douyin"})
    again = clerk.send("/desk/sync/new", {"platform": "douyin"})
    assert first.request.full_path == again.request.full_path
    assert "抖音" in first.text and "data-live" in first.text
    assert "sync_requested" in chain.nudged


def test_days_the_wrong_way_round_are_said(clerk: Browser) -> None:
    answer = clerk.send("/desk/sync/new", {"start_date": "2026-11-20", "end_date": "2026-11-01"})
    assert answer.status_code == 422 and "开始日晚于结束日" in answer.text


def test_what_was_redeemed_by_its_code_alone_gets_its_owner_later(
        clerk: Browser, chain: Chain) -> None:
    done = chain.services.redeem.at_once(
        RedeemRequest(code=chain.buy("douyin").code, nameless=True), chain.clerk)
    path = f"/desk/vouchers/{done.voucher_id}"
    assert "还没记到谁名下" in clerk.text(path)
    refused = clerk.send(f"{path}/owner", {"phone": "12"})
    assert refused.status_code == 422 and "手机号要 11 位" in refused.text
    assert clerk.send(f"{path}/owner", {"phone": "139 0000 1234"}).status_code == 200
    page = clerk.text(path)
    assert "139****1234" in page and "还没记到谁名下" not in page
