"""Reading a JSON body with a schema that is made once, for routes that are called all the time."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import current_app

from core.errors import InvalidInput


def takes(schema: type[ma.Schema], example: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI document says of such a route's body."""
    return {"requestBody": {"required": True,
                            "content": {"application/json": {
                                "schema": schema, "example": example}}}}


def read(schema: ma.Schema, sent: bytes) -> dict[str, Any]:
    """The loaded body. Raises InvalidInput as other routes answer it, with `errors` by field."""
    try:
        data = current_app.json.loads(sent)
    except ValueError as error:
        raise InvalidInput("bad_request") from error
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ma.ValidationError as error:
        raise InvalidInput(errors={"json": error.messages}) from error
    return loaded
