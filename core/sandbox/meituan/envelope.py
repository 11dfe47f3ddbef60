"""Meituan's answers, its signature, and the checks every call passes first (meituan.md 2, 8).

Sandbox choices that are not platform facts: a timestamp may differ by 10 minutes from the
platform's clock; business errors carry their number as text in `code`; a cancel after its
window answers 1029.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify

CANCEL_REFUSED = ("1029", "验券超过10分钟，不能撤销")
TIMESTAMP_TOLERANCE = 600

_AUTH_TEXT = {3: "签名错误", 4: "token已过期", 5: "token无效", 19: "没有接口权限", 22: "授权已过期"}


class Refused(Exception):
    """Ends a request with a Meituan error; what it changed is undone."""

    def __init__(self, code: str, msg: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg
        self.data = data


def sign(fields: Mapping[str, str], key: str) -> str:
    """SHA-1 over the key and the sorted non-empty fields but `sign` (meituan.md 2.2)."""
    text = key + "".join(name + value for name, value in sorted(fields.items())
                         if name.lower() not in ("sign", "signature") and value != "")
    return hashlib.sha1(text.encode()).hexdigest()


def success(data: Any) -> Response:
    return jsonify({"code": "OP_SUCCESS", "msg": "成功", "traceId": trace_id(), "data": data})


def failure(code: str, msg: str, data: dict[str, Any] | None = None) -> Response:
    body: dict[str, Any] = {"code": code, "msg": msg, "traceId": trace_id()}
    if data is not None:
        body["data"] = data
    return jsonify(body)


def unauthorised(number: int) -> Response:
    """OP_UNIAUTH_FAILED with the reason in `data.code`."""
    return failure("OP_UNIAUTH_FAILED", "鉴权失败", {"code": number, "msg": _AUTH_TEXT[number]})


def refuse_unauthorised(number: int) -> Refused:
    return Refused("OP_UNIAUTH_FAILED", "鉴权失败", {"code": number, "msg": _AUTH_TEXT[number]})


def trace_id() -> str:
    return str(secrets.randbelow(9 * 10**18) + 10**18)
