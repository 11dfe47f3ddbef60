"""The gate of every Meituan call, in the order of meituan.md section 8:

method and content type → parameters present → signature → token → business rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, request

from core.sandbox.meituan.envelope import (
    TIMESTAMP_TOLERANCE,
    Refused,
    failure,
    refuse_unauthorised,
    sign,
    success,
)
from core.sandbox.sandbox import Sandbox
from core.sandbox.world import MeituanShop

SHOPS, CUSTOMERS = "58", "59"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    """A call that passed the gate: whose token, and the business parameters."""

    owner: str
    shop: MeituanShop | None
    biz: dict[str, Any]

    def text(self, name: str) -> str:
        """A required non-empty string of `biz`; raises Refused 1001."""
        value = self.biz.get(name)
        if not isinstance(value, str) or not value:
            raise Refused("1001", f"参数{name}不合法")
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """An optional whole number of `biz` within bounds; raises Refused 1001."""
        value = self.biz.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Refused("1001", f"参数{name}不合法")
        return value


class Gateway:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world.meituan
        self.shops = {shop.op_biz_code: shop for shop in self.world.shops}

    def fields(self, *, required: tuple[str, ...]) -> dict[str, str]:
        """The signed form fields of the request; raises Refused."""
        if request.method != "POST":
            raise Refused("OP_HTTP_UNSUPPORTED_METHOD_TYPE", "不支持的请求方法")
        if request.mimetype != FORM:
            raise Refused("OP_HTTP_UNSUPPORTED_CONTENT_TYPE", "不支持的Content-Type")
        return self.checked(request.form.to_dict(), required)

    def checked(self, fields: dict[str, str], required: tuple[str, ...]) -> dict[str, str]:
        """Parameters, developer, time and signature; raises Refused."""
        for name in ("developerId", "businessId", "timestamp", "charset", "sign", *required):
            if not fields.get(name):
                raise Refused("OP_SYSTEM_PARAM_ERROR", "缺少系统参数")
        if fields["charset"].upper() != "UTF-8" or fields.get("version", "2") != "2":
            raise Refused("OP_SYSTEM_PARAM_ERROR", "系统参数错误")
        stamp = fields["timestamp"]
        if not (stamp.isascii() and stamp.isdigit()) or abs(
                int(stamp) - self.sandbox.ledger.now()) > TIMESTAMP_TOLERANCE:
            raise Refused("OP_SYSTEM_PARAM_ERROR", "timestamp不合法")
        if (fields["developerId"] != self.world.developer_id
                or fields["sign"] != sign(fields, self.world.sign_key)):
            raise refuse_unauthorised(3)
        return fields

    def api(self, business_id: str) -> Callable[[Callable[[Call], Any]],
                                                Callable[[], Response]]:
        """A view of one businessId: gets a Call, returns `data`; a Refused becomes its envelope."""
        def decorate(view: Callable[[Call], Any]) -> Callable[[], Response]:
            @wraps(view)
            def guarded() -> Response:
                try:
                    return success(view(self._call(business_id)))
                except Refused as refused:
                    return failure(refused.code, refused.msg, refused.data)
            return guarded
        return decorate

    def _call(self, business_id: str) -> Call:
        fields = self.fields(required=("version", "appAuthToken"))
        if fields["businessId"] not in (SHOPS, CUSTOMERS):
            raise Refused("OP_API_GRANT_FAILED", "开发者没有该接口权限")
        if fields["businessId"] != business_id:
            raise refuse_unauthorised(19)
        token = self.sandbox.tokens.find(fields["appAuthToken"])
        if token is None or token.kind != f"meituan{business_id}":
            raise refuse_unauthorised(5)
        if token.expires_at <= self.sandbox.ledger.now():
            raise refuse_unauthorised(4)
        try:
            biz = json.loads(fields.get("biz") or "{}")
        except ValueError:
            raise Refused("1001", "biz不是合法的JSON") from None
        if not isinstance(biz, dict):
            raise Refused("1001", "biz不是JSON对象")
        return Call(token.owner, self.shops.get(token.owner), biz)
