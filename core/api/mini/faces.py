"""Faces that cameras know a member by."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from core.api.envelope import Door
from core.api.identity import caller, signed_in
from core.api.limits import counting_guesses
from core.api.mini import examples
from core.api.schemas.mini import FaceCodeInput, FaceCodeSchema, FaceOfferInput, FaceSchema
from core.api.state import services
from core.services.members.faces import Face, FaceCode

door = Door("mini-faces", __name__, url_prefix="/api/v1/mini/faces", description="Members: faces")


@door.route("")
class Faces(MethodView):
    @door.response(200, FaceSchema(many=True), example=examples.FACES)
    @signed_in("member")
    def get(self) -> list[Face]:
        """My faces"""
        return services().members.faces.mine(caller())

    @door.arguments(FaceCodeInput, example=examples.FACE_CODE)
    @door.response(200, FaceSchema(many=True), example=examples.FACES)
    @signed_in("member")
    def post(self, body: dict[str, Any]) -> list[Face]:
        """Take over the face behind the code that the kiosk shows"""
        with counting_guesses():
            return services().members.faces.take(body["code"], caller())


@door.route("/<int:face>")
class OneFace(MethodView):
    @door.response(200, example=examples.NOTHING)
    @signed_in("member")
    def delete(self, face: int) -> dict[str, Any]:
        """Cameras shall not know me by this face any more"""
        services().members.faces.forget(face, caller())
        return {}


@door.route("/codes")
class FaceCodes(MethodView):
    @door.arguments(FaceOfferInput, example=examples.FACE_OFFER)
    @door.response(200, FaceCodeSchema, example=examples.FACE_CODE_MADE)
    @signed_in("kiosk", "staff")
    def post(self, body: dict[str, Any]) -> FaceCode:
        """For kiosks and staff: a code that hands a face to whoever scans it"""
        return services().members.faces.offer(body["face_id"], caller())
