"""Meituan's partner gateway: signature, form, envelope (meituan.md 2.1, 2.2, 3)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from core.clock import Clock
from core.platforms import meituan_errors as errors
from core.platforms.answer import Malformed, part, text
from core.platforms.http import Answer, Caller, Effect, Request, T

SHOP, CUSTOMER = "58", "59"
"""businessId of a shop's coupons, and of the customer behind the shops (orders, shop list)."""


def sign(fields: Mapping[str, str], sign_key: str) -> str:
    """SHA-1 over the key and the sorted, joined, non-empty fields; lower-case hex (2.2)."""
    joined = "".join(name + value for name, value in sorted(fields.items())
                     if value != "" and name.lower() not in ("sign", "signature"))
    return hashlib.sha1((sign_key + joined).encode()).hexdigest()


def is_signed(fields: Mapping[str, str], sign_key: str) -> bool:
    """Whether a callback's `sign` is true (section 3); compares in constant time."""
    return hmac.compare_digest(sign(fields, sign_key).encode(), fields.get("sign", "").encode())


def log_id(body: Mapping[str, Any]) -> str:
    """`traceId`, a text or a number."""
    trace = body.get("traceId")
    return str(trace)[:64] if isinstance(trace, str | int) else ""


class Gateway:
    """Signs and sends. `caller` must know `log_id` of this module."""

    def __init__(self, caller: Caller, developer_id: str, sign_key: str, clock: Clock) -> None:
        self._caller = caller
        self._developer_id = developer_id
        self._sign_key = sign_key
        self._clock = clock

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields with the system parameters and `sign`; empty ones are left out."""
        whole = {name: value for name, value in fields.items() if value != ""}
        whole |= {"developerId": self._developer_id, "charset": "UTF-8",
                  "timestamp": str(int(self._clock.now().timestamp()))}
        return whole | {"sign": sign(whole, self._sign_key)}

    def send(self, path: str, fields: Mapping[str, str], effect: Effect,
             read: Callable[[Answer], T]) -> T:
        """Sign and post bare fields; `read` gets the whole answer (the `/oauth` endpoints)."""
        return self._caller.call(Request("POST", path, effect, form=self.signed(fields)), read)

    def ask(self, path: str, biz: Mapping[str, object], token: str, effect: Effect,
            read: Callable[[dict[str, Any], Answer], T], *, business: str = SHOP,
            subject: str = "") -> T:
        """Call an API; `read` gets `data`. Raises the errors of `meituan_errors` and `http`."""
        fields = self.signed({
            "businessId": business, "version": "2", "appAuthToken": token,
            "biz": json.dumps(biz, ensure_ascii=False, separators=(",", ":"))})

        def checked(answer: Answer) -> T:
            return read(_data(answer.body), answer)

        return self._caller.call(Request("POST", path, effect, form=fields, subject=subject),
                                 checked)


def _data(body: dict[str, Any]) -> dict[str, Any]:
    """`data` of a success; raises for everything else."""
    code = text(body, "code")
    if code in ("OP_SUCCESS", "200"):
        return part(body, "data")
    if not code:
        raise Malformed("code")
    inner = body.get("data")
    number = str(inner.get("code", "")) if isinstance(inner, dict) else ""
    if code == "OP_BIZ_ERROR" and number:
        code = number
    errors.refuse(code, int(number) if number.isdecimal() else None,
                  message=text(body, "msg"), log_id=log_id(body))
