"""What a member holds: cards and courses."""

from __future__ import annotations

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.mini import examples
from core.api.schemas.mini import CardSchema, CourseSchema
from core.api.state import services
from core.services.members.held import CardView, CourseView

door = Door("mini-held", __name__, url_prefix="/api/v1/mini",
            description="Members: cards and courses")


@door.route("/cards")
class Cards(MethodView):
    @door.response(200, CardSchema(many=True), example=examples.CARDS)
    @signed_in("member")
    def get(self) -> list[CardView]:
        """My cards, and until when they hold"""
        return services().members.held.cards(caller())


@door.route("/courses")
class Courses(MethodView):
    @door.response(200, CourseSchema(many=True), example=examples.COURSES)
    @signed_in("member")
    def get(self) -> list[CourseView]:
        """My courses, and how many uses are left"""
        return services().members.held.courses(caller())
