"""What every life-service call passes first: token, merchant, store, JSON body."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import Response, request

from core.sandbox.douyin.cipher import CouponCipher
from core.sandbox.douyin.envelope import Refused, failure
from core.sandbox.douyin.tokens import check_token
from core.sandbox.records import Certificate
from core.sandbox.sandbox import Sandbox


class Access:
    """Checks shared by the life-service endpoints; each raises Refused."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.cipher = CouponCipher(sandbox.world.douyin.cipher_key)

    def authenticated(self, view: Callable[[], Response]) -> Callable[[], Response]:
        """Token first, then the view; a Refused becomes its envelope."""
        @wraps(view)
        def guarded() -> Response:
            try:
                check_token(self.sandbox, self.sandbox.world.douyin.client_key)
                return view()
            except Refused as refused:
                return failure(refused.code, refused.text, sub_code=refused.sub_code,
                               data=refused.data)
        return guarded

    def protected(self, view: Callable[[], Response]) -> Callable[[], Response]:
        """Token, then the merchant named anywhere, then the view."""
        @self.authenticated
        @wraps(view)
        def guarded() -> Response:
            self.account(request.headers.get("Rpc-Transit-Life-Account"))
            self.account(request.args.get("account_id"))
            return view()
        return guarded

    def account(self, account_id: object, *, required: bool = False) -> None:
        """The merchant has authorised this app (2119005 when it is another one)."""
        if not account_id:
            if required:
                raise Refused(2119001, "account_id不能为空")
        elif account_id != self.sandbox.world.douyin.account_id:
            raise Refused(2119005, "应用未获得商家授权")

    def body(self) -> dict[str, Any]:
        """The JSON object of a POST (200002 when it is none)."""
        try:
            body = json.loads(request.get_data())
        except ValueError:
            raise Refused(200002, "请求体不是合法的JSON") from None
        if not isinstance(body, dict):
            raise Refused(200002, "请求体不是合法的JSON")
        self.account(body.get("account_id"))
        return body

    def venue(self, poi_id: object, *, required: bool) -> int | None:
        """The venue of a store of this merchant (3000001 when it is none)."""
        if not poi_id:
            if required:
                raise Refused(2119001, "poi_id不能为空")
            return None
        for poi in self.sandbox.world.douyin.pois:
            if poi.poi_id == poi_id:
                return poi.venue
        raise Refused(3000001, "poi_id不合法")

    def sealed_certificate(self, encrypted_code: str | None) -> Certificate:
        """The certificate behind an encrypted_code of any prepare (1221 when unreadable)."""
        if not encrypted_code:
            raise Refused(4000001, "encrypted_code不能为空")
        certificate_id = self.cipher.open(encrypted_code, "code")
        found = self.sandbox.certificates.get(certificate_id) if certificate_id else None
        if found is None:
            raise Refused(1221, "加密券码解析失败")
        return found

    @staticmethod
    def quote(text: str) -> str:
        """Percent-encoded once, as in the long link."""
        return quote(text, safe="")
