"""Statistics: a range of days, compared with as many days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import NotFound
from core.services.export import FORMATS
from core.services.staff_words import Words
from core.services.statistics import Figures
from kiosk.desk import charts
from kiosk.desk.exports import sent
from kiosk.desk.frame import page
from kiosk.desk.showing import today
from kiosk.desk.state import actor, services
from kiosk.desk.words import language, say

pages = Blueprint("stats", __name__, url_prefix="/stats")

DATE_FIELDS = {"created": Words("按购买日", "By day bought"),
               "verified": Words("按核销日", "By day redeemed"),
               "expire": Words("按到期日", "By last day")}
RANGES = {"7": Words("近 7 天", "7 days"), "30": Words("近 30 天", "30 days"),
          "90": Words("近 90 天", "90 days"), "month": Words("这个月", "This month"),
          "last_month": Words("上个月", "Last month"), "year": Words("今年", "This year"),
          "all": Words("全部", "All")}
USUAL = "30"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page's address asks for."""

    span: str
    start: date | None
    end: date | None
    date_field: str
    venue_id: int | None

    @classmethod
    def read(cls) -> Chosen:
        start, end = _day("start_date"), _day("end_date")
        span = request.args.get("range", "")
        if span not in RANGES:
            span = "" if start or end else USUAL
        if span:
            start, end = _days(span)
        field, venue = request.args.get("date_field", ""), request.args.get("venue_id", "")
        return cls(span, start, end, field if field in DATE_FIELDS else "created",
                   int(venue) if venue.isascii() and venue.isdigit() and len(venue) < 10 else None)

    def wanted(self) -> dict[str, Any]:
        """For the service."""
        return {"start_date": self.start, "end_date": self.end, "date_field": self.date_field,
                "venue_id": self.venue_id}

    def url(self, endpoint: str = "desk.stats.page", **changed: Any) -> str:
        """The address with some of it changed."""
        values = {"range": self.span or None, "start_date": None if self.span else self.start,
                  "end_date": None if self.span else self.end, "date_field": self.date_field,
                  "venue_id": self.venue_id, **changed}
        return url_for(endpoint, **{name: value for name, value in values.items() if value})


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _days(span: str) -> tuple[date | None, date | None]:
    now = today()
    first = now.replace(day=1)
    if span == "month":
        return first, now
    if span == "last_month":
        return (first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)
    if span == "year":
        return now.replace(month=1, day=1), now
    if span == "all":
        return None, None
    return now - timedelta(days=int(span) - 1), now


@pages.get("", endpoint="page")
def statistics() -> AnyResponse:
    """The figures, their trend, and their parts by platform, type, venue and state."""
    chosen = Chosen.read()
    found = services().report.statistics(actor(), **chosen.wanted())
    return page("desk/stats.html", chosen=chosen, found=found, ranges=RANGES,
                date_fields=DATE_FIELDS, places=services().workplace.places(actor()),
                trend=charts.trend(found.trend, found.trend_step == "month"),
                ring=charts.ring([(one.name, one.share) for one in found.platforms]),
                states=_states(found.figures), compared=compared,
                days=len(found.trend) if found.trend_step == "day" else None)


@pages.get("/export.<string(maxlength=5):file_format>")
def export(file_format: str) -> AnyResponse:
    """The same figures as a file."""
    if file_format not in FORMATS:
        raise NotFound()
    return sent(services().exports.statistics(actor(), file_format, language=language(),
                                              **Chosen.read().wanted()))


def _states(figures: Figures) -> list[tuple[str, Words, int, float, float]]:
    """(chip, words, count, share, where it begins) in the order of a voucher's life."""
    parts = [("unused", Words("未核销", "Unused"), figures.unredeemed),
             ("partial", Words("部分核销", "Partly redeemed"), figures.partly),
             ("redeemed", Words("已核销", "Redeemed"), figures.redeemed),
             ("verifying", Words("核销中、未知", "In progress"), figures.in_progress),
             ("expired", Words("已过期", "Expired"), figures.expired),
             ("refunded", Words("已退款", "Refunded"), figures.refunded)]
    found, so_far = [], 0.0
    for key, words, count in parts:
        share = count / figures.vouchers if figures.vouchers else 0.0
        found.append((key, words, count, share, so_far))
        so_far += share
    return found


def compared(now: float, before: float | None) -> str:
    """`多 8.2%`, `少 3.0%`, `一样`; empty where there is nothing to compare with."""
    if not before:
        return ""
    change = (now - before) / before * 100
    if abs(change) < .05:
        return say("一样", "the same")
    return say("多 {n:.1f}%", "{n:.1f}% more", n=change) if change > 0 \
        else say("少 {n:.1f}%", "{n:.1f}% less", n=-change)
