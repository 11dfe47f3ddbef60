"""Vouchers: the list with its filters, and one voucher with its whole history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from core.errors import Conflict, NotAllowed, NotFound, VoucherError
from core.services.export import FORMATS
from core.services.manual_refunds import MANUAL, Kept
from core.services.staff_words import Words
from core.services.vouchers import VoucherDetail
from core.vouchers.redemption import VoucherStatus
from kiosk.desk.exports import sent
from kiosk.desk.forms import Form
from kiosk.desk.frame import done, page
from kiosk.desk.phrases import sentence
from kiosk.desk.showing import STATUS_KEYS, today
from kiosk.desk.state import actor, services
from kiosk.desk.words import language

pages = Blueprint("vouchers", __name__, url_prefix="/vouchers")

PAGE_SIZE = 20
MOST_PAGE = 1_000_000
SORTS = ("created", "-created", "verified", "-verified", "expire", "-expire")
DATE_FIELDS = {"created": Words("按购买日", "By day bought"),
               "verified": Words("按核销日", "By day redeemed"),
               "expire": Words("按到期日", "By last day")}
TABS = (VoucherStatus.UNUSED, VoucherStatus.PARTLY_REDEEMED, VoucherStatus.REDEEMED,
        VoucherStatus.REDEEMING, VoucherStatus.UNKNOWN, VoucherStatus.EXPIRED,
        VoucherStatus.REFUNDED)
"""In the order of a voucher's life."""
OPERATIONS = {1: (Words("核销", "redeemed"), "redeemed"),
              2: (Words("撤销核销", "undone"), "unused"),
              3: (Words("没核销成", "not redeemed"), "unused"),
              4: (Words("结果未知", "outcome unknown"), "unknown"),
              5: (Words("退款", "refunded"), "refunded"),
              6: (Words("人工处理", "settled by hand"), "verifying")}
"""operation_type of the verification log → its words and the chip it gets."""
ACTORS = {"member": Words("会员", "member"), "kiosk": Words("自助机", "kiosk"),
          "system": Words("系统", "system"), "platform": Words("平台", "platform"),
          "staff": Words("店员", "staff"), "holder": Words("会员", "member")}


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's filters as they stand in its address; what makes no sense is left out."""

    keyword: str = ""
    platform_id: int | None = None
    voucher_type: int | None = None
    status: int | None = None
    venue_id: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    date_field: str = "created"
    sort: str = "-created"
    page: int = 1

    @classmethod
    def read(cls) -> Filters:
        field, sort = request.args.get("date_field", ""), request.args.get("sort", "")
        return cls(
            keyword=request.args.get("keyword", "").strip()[:100].replace("\x00", ""),
            platform_id=_number("platform_id", 1, 2**31),
            voucher_type=_number("voucher_type", 1, 3), status=_number("status", 1, 7),
            venue_id=_number("venue_id", 1, 2**31),
            start_date=_day("start_date"), end_date=_day("end_date"),
            date_field=field if field in DATE_FIELDS else "created",
            sort=sort if sort in SORTS else "-created", page=_number("page", 1, MOST_PAGE) or 1)

    @property
    def backwards(self) -> bool:
        """The range ends before it starts."""
        return bool(self.start_date and self.end_date and self.start_date > self.end_date)

    @property
    def narrow(self) -> bool:
        """Something is filtered, so that an empty list does not mean an empty shop."""
        return self.wanted() != Filters(sort=self.sort, page=self.page).wanted()

    def wanted(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: getattr(self, name) for name in (
            "keyword", "platform_id", "voucher_type", "status", "venue_id", "start_date",
            "end_date", "date_field")}

    def url(self, endpoint: str = "desk.vouchers.listed", **changed: Any) -> str:
        """The address of the list with some of it changed; a changed filter starts at page 1."""
        usual = Filters()
        values = {**self.wanted(), "sort": self.sort, "page": 1, **changed}
        named: dict[str, Any] = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
            if value not in (None, "") and value != getattr(usual, name, None)}
        return url_for(endpoint, **named)

    def sorted_by(self, column: str) -> str:
        """The address with this column's order: newest first, then the other way round."""
        return self.url(sort=column if self.sort == f"-{column}" else f"-{column}")

    def direction(self, column: str) -> str:
        """For `aria-sort`; empty when the list has another order."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "")


def _number(name: str, least: int, most: int) -> int | None:
    value = request.args.get(name, "")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
    return number if number is not None and least <= number <= most else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@pages.get("")
def listed() -> AnyResponse:
    """The list; every filter is in its address, so that it can be kept and sent."""
    filters = Filters.read()
    found = services().vouchers.page(
        actor(), page=filters.page, page_size=PAGE_SIZE, sort=filters.sort, **filters.wanted())
    if not found["items"] and filters.page > 1:
        return redirect(filters.url(page=max(1, -(-found["total"] // PAGE_SIZE))), 303)
    return page("desk/vouchers.html", filters=filters, found=found, tabs=TABS,
                find=request.args.get("find") == "1", ranges=_ranges(),
                date_fields=DATE_FIELDS, status_keys=STATUS_KEYS, Status=VoucherStatus,
                platforms=services().admin.platforms.known(),
                places=services().workplace.places(actor()))


def _ranges() -> list[tuple[Words, date, date]]:
    """The days that people ask for, so that nobody counts them on a calendar."""
    now = today()
    monday = now - timedelta(days=now.weekday())
    return [(Words("今天", "Today"), now, now),
            (Words("昨天", "Yesterday"), now - timedelta(days=1), now - timedelta(days=1)),
            (Words("上周", "Last week"), monday - timedelta(days=7), monday - timedelta(days=1)),
            (Words("这个月", "This month"), now.replace(day=1), now)]


@pages.get("/export.<string(maxlength=5):file_format>")
def export(file_format: str) -> AnyResponse:
    """The list as a file: what the filters say, masked as on the page, in its order."""
    if file_format not in FORMATS:
        raise NotFound()
    filters = Filters.read()
    return sent(services().exports.vouchers(actor(), file_format, language=language(),
                                            sort=filters.sort, **filters.wanted()))


@pages.get("/<int:voucher_id>")
def one(voucher_id: int) -> AnyResponse:
    """One voucher and everything that ever happened to it."""
    return _one(voucher_id, 200, {})


def _one(voucher_id: int, status: int, errors: dict[str, str]) -> AnyResponse:
    voucher = services().vouchers.by_id(voucher_id, actor())
    return page("desk/voucher.html", status, errors=errors, operations=OPERATIONS, who=who,
                voucher=voucher, kept=_evidence(voucher), Status=VoucherStatus)


def _evidence(voucher: VoucherDetail) -> Kept | None:
    """What a clerk recorded of it, where its platform has no interface; the record's venue sees
    it."""
    if voucher.platform_code != MANUAL or voucher.id is None:
        return None
    try:
        return services().manual_refunds.kept(voucher.id, actor())
    except NotAllowed:
        return None


@pages.post("/<int:voucher_id>/owner")
def own(voucher_id: int) -> AnyResponse:
    """Whose it is, after it was redeemed by its code alone."""
    form = Form()
    phone = form.phone("phone", needed=True)
    if phone:
        try:
            services().members.owners.name(voucher_id, phone, actor())
            return done(url_for("desk.vouchers.one", voucher_id=voucher_id))
        except Conflict as error:
            form.wrong("phone", sentence(error))
    return _one(voucher_id, 422, form.errors)


def who(kind: str) -> Words:
    """Who did something, where no staff member is named."""
    return ACTORS.get(kind, Words(kind, kind))


@pages.get("/<int:voucher_id>/undo")
def undo(voucher_id: int) -> AnyResponse:
    """To the undo of its standing redemption. Raises VoucherError("not_redeemed")."""
    voucher = services().vouchers.by_id(voucher_id, actor())
    if voucher.redemption is None:
        raise VoucherError("not_redeemed")
    return redirect(url_for("desk.undo.preview", ref=voucher.redemption), 303)
