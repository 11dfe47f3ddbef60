"""The figures of a range: right, comparable, readable without hovering."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from core.money import Money
from core.services.statistics import Step
from kiosk.desk import charts
from kiosk.desk.stats import compared
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk


def figure(page: str, name: str) -> str:
    found = re.search(rf'data-figure="{name}">(.*?)</p>', page)
    assert found is not None
    return re.sub("<[^>]+>", "", found[1])


@pytest.fixture
def busy(chain: Chain) -> None:
    """Two redeemed, one not."""
    chain.redeem(chain.buy())
    chain.redeem(chain.buy("douyin", "lessons"))
    asked = chain.ask(chain.buy())
    chain.services.redeem.withdraw(asked.ref, chain.kiosk)


def test_the_cards_count_what_is_there(manager: Browser, busy: None) -> None:
    page = manager.text("/desk/stats")
    assert [figure(page, name) for name in ("vouchers", "redeemed", "unredeemed", "rate")] == [
        "3", "2", "1", "66.7%"]


def test_the_figures_equal_the_list(manager: Browser, busy: None) -> None:
    page, listed = manager.text("/desk/stats?range=all"), manager.text("/desk/vouchers?status=2")
    assert f"共 {figure(page, 'redeemed')} 张" in listed


def test_parts_by_platform_type_and_state_are_text(manager: Browser, busy: None) -> None:
    page = manager.text("/desk/stats")
    for text in ("66.7%", "33.3%", "2 张", "1 张", "会员卡", "私教课", "未核销", "自助机"):
        assert text in page, text


def test_each_type_tells_its_share_and_its_rate(manager: Browser, busy: None) -> None:
    types = re.search(r'aria-labelledby="byt".*?</section>', manager.text("/desk/stats"), re.S)
    assert types is not None
    said = re.sub(r"(<[^>]*>|\s)+", " ", types[0])
    assert "会员卡 50.0% 1 / 2 占全部 66.7% ¥" in said
    assert "私教课 100.0% 1 / 1 占全部 33.3% ¥" in said


def test_a_period_is_compared_with_the_one_before(desk: Desk, chain: Chain, busy: None) -> None:
    chain.pass_time(timedelta(days=7))
    chain.redeem(chain.buy())
    page = desk.of(chain.manager).text("/desk/stats?range=7")
    assert "和前 7 天比" in page and figure(page, "vouchers") == "1"
    for before in ("之前 3，少 66.7%", "之前 2，少 50.0%", "之前 66.7%"):
        assert before in page, before
    assert "之前" not in desk.of(chain.manager).text("/desk/stats?range=all")


def test_a_clerk_sees_only_his_own_venue(clerk: Browser, chain: Chain, busy: None) -> None:
    assert clerk.open(f"/desk/stats?venue_id={chain.chengxi}").status_code == 403


def test_a_time_without_vouchers_says_what_to_do(manager: Browser) -> None:
    assert "这段时间没有券" in manager.text("/desk/stats?range=last_month")


@pytest.mark.parametrize("query", [
    "range=nonsense", "start_date=x&end_date=y", "start_date=2026-12-01&end_date=2026-01-01",
    "start_date=0001-01-01&end_date=9999-12-31", "date_field=expire&range=90", "venue_id=abc"])
def test_no_address_breaks_the_page(manager: Browser, busy: None, query: str) -> None:
    assert manager.open(f"/desk/stats?{query}").status_code == 200


def test_the_export_says_the_same_as_the_page(manager: Browser, busy: None) -> None:
    text = manager.open("/desk/stats/export.csv?range=30").data.decode("utf-8-sig")
    assert re.search(r"总券数,3\b", text) and re.search(r"已核销,2\b", text)


@pytest.mark.parametrize("now, before, said", [
    (110, 100, "多 10.0%"), (90, 100, "少 10.0%"), (100, 100, "一样"), (5, 0, ""), (5, None, "")])
def test_comparison_in_words(app: object, now: float, before: float | None, said: str) -> None:
    with app.test_request_context("/"):  # type: ignore[attr-defined]  # a Flask app
        assert compared(now, before) == said


def steps(*counts: int) -> list[Step]:
    first = date(2026, 11, 2)
    return [Step(first + timedelta(days=number), count, 0, Money(count * 199_00))
            for number, count in enumerate(counts)]


def test_a_trend_shows_every_value_as_text(app: object) -> None:
    with app.test_request_context("/"):  # type: ignore[attr-defined]  # a Flask app
        trend = charts.trend(steps(1, 5, 0, 2, 3, 20, 9), by_month=False)
    assert [bar.label for bar in trend.bars] == ["1", "5", "0", "2", "3", "20", "9"]
    assert [bar.end for bar in trend.bars] == [False] * 5 + [True, True]
    assert [bar.strong for bar in trend.bars].index(True) == 5
    assert trend.points[5].label == "4.0" and trend.unit == "千元"
    assert "11-07 周六" in trend.busiest
    tallest = max(trend.bars, key=lambda bar: bar.height)
    assert tallest.y == charts.COUNT_TOP and trend.bars[2].height == 0


def test_a_long_trend_gets_wider_instead_of_crowded(app: object) -> None:
    with app.test_request_context("/"):  # type: ignore[attr-defined]  # a Flask app
        short, long = (charts.trend(steps(*[1] * n), by_month=False) for n in (30, 90))
    assert not short.wide and long.wide and long.width > 90 * charts.BAR
    gaps = [after.x - before.x for before, after in zip(long.ticks, long.ticks[1:], strict=False)]
    assert min(gaps) > 60


def test_a_ring_closes() -> None:
    slices = charts.ring([("美团", .632), ("抖音", .368)])
    assert sum(one.length for one in slices) == pytest.approx(100)
    assert slices[1].offset == pytest.approx(-63.2)
