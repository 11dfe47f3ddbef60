"""What a member holds: cards and courses."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import PageQuery, page_of
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import CardSchema, CourseSchema
from core.api.state import services
from core.services.members.held import CardView, CourseView
from core.services.paging import PageOf

door = Door("mini-held", __name__, url_prefix="/api/v1/mini",
            description="Members: cards and courses")


@door.route("/cards")
class Cards(MethodView):
    @door.arguments(PageQuery, location="query")
    @door.response(200, page_of(CardSchema), example=examples.CARDS)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> PageOf[CardView]:
        """My cards, and until when they hold"""
        return services().members.held.cards(caller(), **query)


@door.route("/courses")
class Courses(MethodView):
    @door.arguments(PageQuery, location="query")
    @door.response(200, page_of(CourseSchema), example=examples.COURSES)
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> PageOf[CourseView]:
        """My courses, and how many uses are left"""
        return services().members.held.courses(caller(), **query)
