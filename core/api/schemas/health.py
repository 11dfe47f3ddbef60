"""Health on the wire."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

LIGHT = validate.OneOf(["green", "amber", "red"])


class TokenHealthSchema(ma.Schema):
    venue_id = fields.Integer()
    venue_name = fields.String()
    business = fields.String()
    connected = fields.Boolean()
    days_left = fields.Integer(allow_none=True)


class PlatformHealthSchema(ma.Schema):
    platform = fields.String()
    name = fields.String()
    state = fields.String(validate=LIGHT)
    why = fields.List(fields.String())
    calls = fields.Integer()
    success_rate = fields.Float()
    sync_age_seconds = fields.Integer(allow_none=True)
    tokens = fields.List(fields.Nested(TokenHealthSchema))


class KioskHealthSchema(ma.Schema):
    id = fields.Integer()
    name = fields.String()
    silent = fields.Boolean()
    last_seen_at = fields.AwareDateTime(allow_none=True)


class VenueHealthSchema(ma.Schema):
    id = fields.Integer()
    name = fields.String()
    state = fields.String(validate=LIGHT)
    why = fields.List(fields.String())
    open = fields.Boolean()
    kiosks = fields.List(fields.Nested(KioskHealthSchema))
    open_tasks = fields.Integer()
    open_alerts = fields.Integer()


class JobHealthSchema(ma.Schema):
    name = fields.String()
    last_finished_at = fields.AwareDateTime(allow_none=True)
    next_at = fields.AwareDateTime(allow_none=True)
    overdue = fields.Boolean()


class HealthSchema(ma.Schema):
    """Red, amber or green, and why."""

    at = fields.AwareDateTime()
    state = fields.String(validate=LIGHT)
    platforms = fields.List(fields.Nested(PlatformHealthSchema))
    venues = fields.List(fields.Nested(VenueHealthSchema))
    unknown_outcomes = fields.Integer()
    unknown_oldest_seconds = fields.Integer()
    manual_outcomes = fields.Integer()
    outbox_waiting = fields.Integer()
    outbox_late_seconds = fields.Integer()
    outbox_dead = fields.Integer()
    open_findings = fields.Integer()
    queues = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    jobs = fields.List(fields.Nested(JobHealthSchema))
    database = fields.String()
