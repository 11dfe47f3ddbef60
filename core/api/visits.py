"""The member pass: shown by a phone, counted by a gate."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.fields import PageQuery, page_of
from core.api.identity import caller, signed_in
from core.api.mini.examples import answered, page
from core.api.schemas.visit import (
    PassQuery,
    PassSchema,
    ShownPassInput,
    UndoVisitInput,
    VisitSchema,
    VisitsQuery,
)
from core.api.state import services
from core.services.paging import PageOf
from core.services.visits import MemberPass, VisitView
from core.vouchers.member_pass import PassKind

members = Door("mini-pass", __name__, url_prefix="/api/v1/mini", description="Members: the pass")
gates = Door("visits", __name__, url_prefix="/api/v1/visits", description="Visits of members")

EXAMPLE = {"text": "HXPAEAZ3R6KQYAAAAAAAAIACAAAAAAAB4QH6L7S5TZ2M3WQKX7EJV2A"}
CARD = {"kind": "card", "id": 12, "product_name": "月卡 30 天", "venue_name": "滨江店",
        "ends_on": "2026-12-24", "uses_left": None}
PASS = {**EXAMPLE, "renew_in": 30, "member_name": "林**", "chosen": CARD, "choices": [CARD]}
VISIT = {**{name: CARD[name] for name in ("kind", "product_name", "venue_name", "ends_on",
                                           "uses_left")},
         "id": 7, "member_name": "林**", "member_phone": "138****0421",
         "came_at": "2026-11-21T14:33:01+08:00", "repeated": False, "undone_at": None}
UNDONE = {**VISIT, "undone_at": "2026-11-21T14:36:40+08:00"}


@members.route("/pass")
class Pass(MethodView):
    @members.arguments(PassQuery, location="query")
    @members.response(200, PassSchema, example=answered(PASS))
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> MemberPass:
        """A fresh pass, good for a minute"""
        kind = PassKind[query["kind"].upper()] if query["kind"] else None
        return services().visits.show(caller(), kind, query["id"])


@members.route("/visits")
class MyVisits(MethodView):
    @members.arguments(PageQuery, location="query")
    @members.response(200, page_of(VisitSchema), example=page(VISIT))
    @signed_in("member")
    def get(self, query: dict[str, Any]) -> PageOf[VisitView]:
        """My visits, newest first"""
        return services().visits.visits(caller(), **query)


@gates.route("")
class Gate(MethodView):
    @gates.arguments(VisitsQuery, location="query")
    @gates.response(200, page_of(VisitSchema), example=page(VISIT))
    @signed_in("staff")
    def get(self, query: dict[str, Any]) -> PageOf[VisitView]:
        """Who came in at a venue, newest first"""
        return services().visit_book.listed(caller(), **query)

    @gates.arguments(ShownPassInput, example=EXAMPLE)
    @gates.response(200, VisitSchema, example=answered(VISIT))
    @signed_in("staff", "kiosk")
    def post(self, body: dict[str, Any]) -> VisitView:
        """Count the visit of whoever shows this pass; again changes nothing"""
        return services().visits.record(body["text"], caller())


@gates.route("/<int:visit_id>/undo")
class Undo(MethodView):
    @gates.arguments(UndoVisitInput, example={"reason": "扫错了人"})
    @gates.response(200, VisitSchema, example=answered(UNDONE))
    @signed_in("staff")
    def post(self, body: dict[str, Any], visit_id: int) -> VisitView:
        """Give a visit back that was counted by mistake; again changes nothing"""
        return services().visit_book.undo(visit_id, body["reason"], caller())
