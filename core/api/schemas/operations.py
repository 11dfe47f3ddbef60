"""Tasks and alerts on the wire."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import Input, PageQuery, text
from core.api.phrases import language

ID = validate.Range(1, 2**63 - 1)


def _in_words(view: Any) -> str:
    said: str = view.text(language())
    return said


class TaskSchema(ma.Schema):
    """Something that a person must do."""

    id = fields.Integer()
    ticket = fields.String(metadata={"example": "H 0381"})
    kind = fields.String(metadata={"example": "map_sku"})
    text = fields.Function(_in_words)
    state = fields.String(validate=validate.OneOf(["open", "done"]))
    venue_id = fields.Integer(allow_none=True)
    subject_kind = fields.String()
    subject_id = fields.Integer(allow_none=True)
    facts = fields.Dict()
    created_at = fields.AwareDateTime()
    taken_at = fields.AwareDateTime(allow_none=True)
    taken_by = fields.Integer(allow_none=True)
    taken_by_name = fields.String()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by = fields.Integer(allow_none=True)
    closed_by_name = fields.String()
    resolution = fields.String()


class TaskQuery(PageQuery):
    state = fields.String(validate=validate.OneOf(["open", "done"]))
    venue_id = fields.Integer(validate=ID)
    kind = text(40)


class ResolutionInput(Input):
    resolution = text(200, required=True)


class AlertSchema(ma.Schema):
    """Something that went wrong; `times` it was met while it lasted."""

    id = fields.Integer()
    kind = fields.String(metadata={"example": "kiosk_silent"})
    severity = fields.String(validate=validate.OneOf(["info", "warning", "urgent"]))
    text = fields.Function(_in_words)
    venue_id = fields.Integer(allow_none=True)
    open = fields.Boolean()
    facts = fields.Dict()
    task_id = fields.Integer(allow_none=True)
    ticket = fields.String()
    times = fields.Integer()
    created_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    over_at = fields.AwareDateTime(allow_none=True)


class AlertQuery(PageQuery):
    open_only = fields.Boolean(load_default=False, data_key="open")
    severity = fields.String(validate=validate.OneOf(["info", "warning", "urgent"]))
    venue_id = fields.Integer(validate=ID)
    kind = text(40)


class RobotInput(Input):
    """`key` of the WeCom group robot's address; empty: no robot."""

    venue_id = fields.Integer(required=True, validate=ID)
    key = text(100, least=0, required=True)


class NothingSchema(ma.Schema):
    """Nothing to tell but that it worked."""
