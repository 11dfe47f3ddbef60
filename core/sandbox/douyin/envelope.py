"""Douyin's answers: `data` and `extra` carry the same error code (douyin.md section 1)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Response, current_app, jsonify

from core.clock import zone
from core.sandbox.ledger import Ledger

CANCEL_TOO_LATE = "已超过可撤销时限,无法撤销核销"


class Refused(Exception):
    """Ends a request with a Douyin error; what it changed is undone."""

    def __init__(self, code: int, text: str, *, sub_code: int = 0,
                 data: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.sub_code = sub_code
        self.data = data or {}


def success(data: dict[str, Any]) -> Response:
    return jsonify({"data": {"error_code": 0, "description": "success", **data},
                    "extra": _extra(0, "success", 0)})


def failure(code: int, text: str, *, sub_code: int = 0,
            data: dict[str, Any] | None = None) -> Response:
    return jsonify({"data": {**(data or {}), "error_code": code, "description": text},
                    "extra": _extra(code, text, sub_code)})


def cancel_too_late() -> Response:
    """The real refusal of douyin.md section 1."""
    return failure(3000001, CANCEL_TOO_LATE, sub_code=2034000910)


def mini_failure(code: int, text: str, data: dict[str, Any] | None = None) -> Response:
    """A mini-program endpoint's refusal (douyin.md section 8)."""
    return jsonify({"err_no": code, "err_msg": text, "err_tips": text, "log_id": log_id(),
                    "data": data})


def log_id() -> str:
    """yyyyMMddHHmmss and 20 hexadecimal characters."""
    at = datetime.fromtimestamp(now(), zone())
    return f"{at:%Y%m%d%H%M%S}{secrets.token_hex(10).upper()}"


def now() -> float:
    """The platform's clock in the running request."""
    ledger = current_app.extensions["sandbox_ledger"]
    assert isinstance(ledger, Ledger)
    return ledger.now()


def _extra(code: int, text: str, sub_code: int) -> dict[str, Any]:
    return {"error_code": code, "description": text, "sub_error_code": sub_code,
            "sub_description": text if sub_code else "", "logid": log_id(), "now": int(now())}
