"""The envelope of every answer (design section 5) and the blueprint that wraps it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Request, g
from flask_smorest import Blueprint
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request

from core.api.json import read_body


def request_id() -> str:
    """The id of the request being answered; also on every log line it causes."""
    return str(g.get("request_id", ""))


def success(data: object) -> dict[str, object]:
    """`{"code": 200, "message": "success", "data": …, "request_id": …}`"""
    return {"code": 200, "message": "success", "data": data, "request_id": request_id()}


class Envelope(ma.Schema):
    """What every answer looks like."""

    code = ma.fields.Integer(metadata={"example": 200})
    message = ma.fields.String(metadata={"example": "success"})
    request_id = ma.fields.String()


class ErrorEnvelope(Envelope):
    """What every error looks like: `error` is a stable word, `message` is for people."""

    code = ma.fields.Integer(metadata={"example": 404})
    message = ma.fields.String(metadata={"example": "券码错误"})
    error = ma.fields.String(metadata={"example": "voucher_not_found"})
    facts = ma.fields.Dict()
    data = ma.fields.Raw(allow_none=True)


_documented: dict[str, type[ma.Schema]] = {}


class _Parser(FlaskParser):
    def _raw_load_json(self, req: Request) -> Any:
        return read_body(req.get_data(cache=True)) if is_json_request(req) else missing


class Door(Blueprint):
    """A blueprint whose answers are wrapped, in fact and in the OpenAPI document."""

    ARGUMENTS_PARSER = _Parser()

    def arguments(self, schema: Any, **kwargs: Any) -> Any:
        """As smorest's, but the schema is made once, not again for every request."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **kwargs)

    @staticmethod
    def _make_doc_response_schema(schema: Any) -> Any:
        if not isinstance(schema, ma.Schema) or isinstance(schema, Envelope):
            return schema
        name = f"{type(schema).__name__.removesuffix('Schema')}{'List' * schema.many}Answer"
        if name not in _documented:
            _documented[name] = type(
                name, (Envelope,), {"data": ma.fields.Nested(schema, many=schema.many)}
            )
        return _documented[name]

    @staticmethod
    def _prepare_response_content(data: Any) -> Any:
        return success(data)
