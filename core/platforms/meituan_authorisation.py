"""Meituan's authorisation of a shop (58) or of the customer behind the shops (59).

(meituan.md 2.3.) The merchant opens `page`, comes back with a code of ten minutes, `exchange`
turns it into tokens of 30 and 35 days, `refresh` replaces both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from core.clock import Clock
from core.errors import PlatformMisconfigured
from core.platforms.answer import Malformed, needed, part, text, whole
from core.platforms.http import Answer, Effect
from core.platforms.meituan_errors import NAME
from core.platforms.meituan_gateway import Gateway, log_id

TOKEN, REFRESH = "/oauth/token", "/oauth/refresh"
AUTH_PAGE, UNBIND_PAGE = "/general/auth", "/general/unauth"
REFRESH_LIFE = timedelta(days=35)
"""The answer tells only the access token's life; this one is from the documents."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of one shop or customer; `op_biz_code` names whose. Times are aware UTC."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    refresh_expires_at: datetime
    op_biz_code: str
    scope: str


class MeituanAuthorisation:
    """`pages_url`: https://open-erp.meituan.com, where merchants sign in."""

    def __init__(self, gateway: Gateway, clock: Clock, pages_url: str) -> None:
        self._gateway = gateway
        self._clock = clock
        self._pages_url = pages_url.rstrip("/")

    def page(self, business: str, state: str, scope: str = "") -> str:
        """Where the merchant authorises us. `state` comes back and must be checked."""
        return self._page(AUTH_PAGE, {"businessId": business, "state": state, "scope": scope})

    def unbind_page(self, business: str) -> str:
        """Where the merchant takes it back."""
        return self._page(UNBIND_PAGE, {"businessId": business})

    def exchange(self, code: str, business: str) -> Grant:
        """The tokens for a code from the callback. A code works once: after PlatformUnknown the
        merchant has to authorise again."""
        return self._grant(TOKEN, Effect.ONCE, {
            "businessId": business, "grantType": "authorization_code", "code": code})

    def refresh(self, refresh_token: str, business: str) -> Grant:
        """Fresh tokens in place of both old ones. Raises PlatformMisconfigured when the merchant
        has to authorise again."""
        return self._grant(REFRESH, Effect.KEYED, {
            "businessId": business, "grantType": "refresh_token", "refreshToken": refresh_token,
            "scope": "all"})

    def _page(self, path: str, fields: dict[str, str]) -> str:
        return f"{self._pages_url}{path}?{urlencode(self._gateway.signed(fields))}"

    def _grant(self, path: str, effect: Effect, fields: dict[str, str]) -> Grant:
        read: Callable[[Answer], Grant] = self._read
        return self._gateway.send(path, fields, effect, read)

    def _read(self, answer: Answer) -> Grant:
        body: dict[str, Any] = answer.body
        if text(body, "code") != "0":
            raise PlatformMisconfigured(NAME, log_id=log_id(body), code=text(body, "code"),
                                        reason="authorisation_refused",
                                        message=text(body, "msg")[:80])
        data, now = part(body, "data"), self._clock.now()
        seconds = whole(data, "expireIn", "expiresIn")
        if seconds <= 0:
            raise Malformed("expireIn")
        return Grant(needed(data, "accessToken"), needed(data, "refreshToken"),
                     now + timedelta(seconds=seconds), now + REFRESH_LIFE,
                     text(data, "opBizCode"), text(data, "scope"))
