"""Venues, their classes, and a member's seats in them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import PageQuery, page_of
from core.api.idempotency import sent_key
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import (
    BookInput,
    ComingClassSchema,
    MySeatSchema,
    OpenVenueSchema,
    VenueQuery,
)
from core.api.state import services
from core.services.members.classes import ClassView
from core.services.members.held import SeatView
from core.services.paging import PageOf

door = Door("mini-classes", __name__, url_prefix="/api/v1/mini",
            description="Members: venues and classes")


@door.route("/venues")
class Venues(MethodView):
    @door.response(200, OpenVenueSchema(many=True), example=examples.VENUES)
    @signed_in("member")
    def get(self) -> list[Any]:
        """The venues to redeem and to book at"""
        return services().members.classes.venues()


@door.route("/classes")
class Classes(MethodView):
    @door.arguments(VenueQuery, location="query")
    @door.response(200, ComingClassSchema(many=True), example=examples.CLASSES)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> list[ClassView]:
        """A venue's classes of the next 14 days, and which of them I can book"""
        return services().members.classes.coming(query["venue_id"], caller())


@door.route("/bookings")
class Bookings(MethodView):
    @door.arguments(PageQuery, location="query")
    @door.response(200, page_of(MySeatSchema), example=examples.BOOKINGS)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> PageOf[SeatView]:
        """My class seats, the latest class first"""
        return services().members.held.bookings(caller(), **query)

    @door.arguments(BookInput, example=examples.BOOK)
    @door.response(200, MySeatSchema, example=examples.BOOKING)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> SeatView:
        """Book a class with a course, or with a voucher's seat that I gave back"""
        return services().members.classes.book(body["session_id"], caller(),
                                               course_id=body.get("course_id"),
                                               key=sent_key(caller()))


@door.route("/bookings/<int:booking_id>")
class OneBooking(MethodView):
    @door.response(200, MySeatSchema, example=examples.GIVEN_BACK)
    @signed_in("member")
    def delete(self, booking_id: int) -> SeatView:
        """Give a seat back, up to two hours before the class"""
        return services().members.classes.cancel(booking_id, caller())
