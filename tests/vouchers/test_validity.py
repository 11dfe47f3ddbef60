"""How long something may be used: half-open windows, days at the venue, words for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vouchers import validity
from core.vouchers.validity import Phase, Window

SHANGHAI = timezone(timedelta(hours=8))


def at(day: str, hour: str = "12:00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=SHANGHAI)


DECEMBER = validity.of_days(date(2026, 12, 1), date(2026, 12, 24))


@pytest.mark.parametrize(("moment", "phase"), [
    pytest.param(at("2026-11-30", "23:59:59"), Phase.NOT_STARTED, id="the second before"),
    pytest.param(at("2026-12-01", "00:00:00"), Phase.OPEN, id="the first second"),
    pytest.param(at("2026-12-24", "23:59:59"), Phase.OPEN, id="the last second"),
    pytest.param(at("2026-12-25", "00:00:00"), Phase.ENDED, id="24:00 of the expire date"),
])
def test_an_expire_date_means_until_24_00_at_the_venue(moment: datetime, phase: Phase) -> None:
    assert DECEMBER.phase(moment) is phase
    assert DECEMBER.phase(moment.astimezone(UTC)) is phase
    assert (moment in DECEMBER) is (phase is Phase.OPEN)


def test_the_day_is_the_venue_s_day_not_the_server_s() -> None:
    urumqi = validity.of_days(None, date(2026, 12, 24), "Asia/Urumqi")
    moment = at("2026-12-25", "01:00:00")
    assert urumqi.phase(moment) is Phase.OPEN
    assert DECEMBER.phase(moment) is Phase.ENDED


def test_a_day_of_25_hours_is_usable_to_its_end() -> None:
    window = validity.of_days(date(2026, 10, 25), date(2026, 10, 25), "Europe/Berlin")
    assert window.ends is not None and window.starts is not None
    assert window.ends - window.starts == timedelta(hours=25)


def test_no_limits_means_always() -> None:
    assert at("1999-01-01") in Window()
    assert at("2199-01-01") in Window()


def test_a_window_that_ends_before_it_starts_is_never_open() -> None:
    backwards = validity.of_days(date(2026, 12, 24), date(2026, 12, 1))
    for day in ("2026-11-30", "2026-12-10", "2026-12-24", "2026-12-30"):
        assert at(day) not in backwards


@pytest.mark.parametrize(("claimed", "days", "last"), [
    pytest.param(at("2026-11-21", "00:00:00"), 30, date(2026, 12, 21), id="claimed at midnight"),
    pytest.param(at("2026-11-21", "23:59:59"), 30, date(2026, 12, 21), id="claimed last second"),
    pytest.param(at("2026-11-21"), 0, date(2026, 11, 21), id="today only"),
    pytest.param(at("2028-02-28"), 1, date(2028, 2, 29), id="leap day"),
])
def test_days_after_claim_end_at_24_00_whatever_the_hour_of_the_claim(
    claimed: datetime, days: int, last: date
) -> None:
    window = validity.after_claim(claimed, days)
    assert window.last_day() == last
    assert claimed in window
    assert window.phase(claimed - timedelta(seconds=1)) is Phase.NOT_STARTED


def test_days_after_claim_are_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        validity.after_claim(at("2026-11-21"), -1)


def test_days_after_claim_do_not_outlive_the_batch() -> None:
    claimed = validity.after_claim(at("2026-12-20"), 30)
    assert claimed.within(DECEMBER).last_day() == date(2026, 12, 24)
    assert claimed.within(DECEMBER).starts == at("2026-12-20")
    assert claimed.within(Window()) == claimed


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
       st.integers(0, 400))
def test_the_words_name_the_last_day_on_which_it_works(claimed: datetime, days: int) -> None:
    window = validity.after_claim(claimed, days)
    last = window.last_day()
    assert last is not None and window.ends is not None
    assert validity.words(window, claimed) == f"到 {last}"
    assert window.ends - timedelta(microseconds=1) in window
    assert window.ends not in window


@pytest.mark.parametrize(("window", "moment", "zh", "en"), [
    pytest.param(DECEMBER, at("2026-12-10"), "到 2026-12-24", "until 2026-12-24", id="open"),
    pytest.param(DECEMBER, at("2026-11-10"), "2026-12-01 起可用，到 2026-12-24",
                 "from 2026-12-01 until 2026-12-24", id="not started"),
    pytest.param(DECEMBER, at("2026-12-25"), "2026-12-24 到期了", "expired on 2026-12-24",
                 id="ended"),
    pytest.param(Window(), at("2026-12-25"), "长期有效", "no end date", id="for ever"),
    pytest.param(Window(at("2026-12-01", "09:30:00")), at("2026-11-25"),
                 "2026-12-01 09:30 起可用", "from 2026-12-01 09:30", id="starts within a day"),
    pytest.param(Window(None, at("2026-12-24", "18:30:00")), at("2026-12-10"),
                 "到 2026-12-24 18:30", "until 2026-12-24 18:30", id="ends within a day"),
    pytest.param(Window(None, at("2026-12-24", "23:59:59")), at("2026-12-10"), "到 2026-12-24",
                 "until 2026-12-24", id="a platform's last second"),
])
def test_validity_is_said_in_words(window: Window, moment: datetime, zh: str, en: str) -> None:
    assert validity.words(window, moment) == zh
    assert validity.words(window, moment, "en") == en
