"""Notices that Meituan and Douyin send us (meituan.md 3, douyin.md 6).

A notice is a hint: it makes its order due, and the platform is asked for the truth. So it does
not matter in which order, how late or how often notices come, and one that never comes is only
slower. Each is verified on the bytes received before anything of it is read, and remembered by a
hash of exactly those bytes: nothing outside the signature decides what is a duplicate.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from core.clock import Clock
from core.errors import InvalidInput, NotAllowed
from core.platforms import douyin_gateway, meituan_gateway
from core.services import trouble
from core.services.meituan_access import MeituanAccess
from core.store import catalogue, inbound, merchants, orders, vouchers
from core.store.db import Store
from core.store.tables import Platform

MEITUAN, DOUYIN = "meituan", "douyin"
VERIFIED, REFUNDED, UNBOUND = "5810055", "5810173", "510001"
"""`msgType` of Meituan's pushes that concern us."""
REFUND_ASKED = "life_hermes_akte_after_sale_audit"
MOST_FIELDS = 40
_ORDER_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Callbacks:
    """Each method takes what came, byte for byte, and returns the answer's JSON. Raises
    NotAllowed (not signed by the platform) and InvalidInput (signed or not, it cannot be read)."""

    def __init__(self, store: Store, clock: Clock, access: MeituanAccess,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._access = access
        self._nudge = nudge

    def douyin(self, raw: bytes, signature: str) -> dict[str, Any]:
        """A webhook; `verify_webhook` gets its challenge back."""
        with self._store.connection():
            platform = _platform(DOUYIN)
            if not douyin_gateway.is_signed(platform.app_secret or "", raw, signature):
                raise NotAllowed("bad_signature")
            body = _object(raw)
            content = _content(body.get("content"))
            event = str(body.get("event", ""))
            if event == "verify_webhook":
                return {"challenge": content.get("challenge")}
            self._take(platform, raw, lambda at: self._douyin(platform, event, content, at))
        return {}

    def meituan(self, raw: bytes) -> dict[str, Any]:
        """A push; answered `{"code": 0}` once its effect is in the database."""
        with self._store.connection():
            platform = _platform(MEITUAN)
            fields = _fields(raw)
            if not meituan_gateway.is_signed(fields, platform.app_secret or ""):
                raise NotAllowed("bad_signature")
            if fields.get("developerId") != platform.app_id:
                raise NotAllowed("other_developer")
            message = _content(fields.get("message") or "{}")
            self._take(platform, _signed_bytes(fields),
                       lambda at: self._meituan(platform, fields, message, at))
        return {"code": 0, "message": "success"}

    def _take(self, platform: Platform, signed: bytes, effect: Callable[[datetime], None]) -> None:
        """Apply a notice once, together with remembering it."""
        key = hashlib.sha256(signed).hexdigest()

        def take() -> bool:
            at = self._clock.now()
            if not inbound.fresh(platform.platform_code, key, at):
                return False
            effect(at)
            return True

        if self._store.transact("callbacks.take", take):
            self._nudge("check_orders")
            self._nudge("outbox")

    def _douyin(self, platform: Platform, event: str, content: dict[str, Any],
                at: datetime) -> None:
        about = content.get("certificate") or content.get("order") or content
        if not isinstance(about, dict):
            raise InvalidInput("notice_unreadable")
        if about.get("order_id") is None:
            return  # an event about something else
        account = str(about.get("account_id", ""))
        known = {one.account_id for one in merchants.merchants(DOUYIN)}
        orders.mark_due(platform.id, _order_id(about["order_id"]), at, ask_entry=True,
                        account_id=account if account in known else "")
        if event == REFUND_ASKED:
            self._refund_asked(platform, about, at)

    def _refund_asked(self, platform: Platform, about: dict[str, Any], at: datetime) -> None:
        """A buyer wants money back for a used certificate: the shop answers in Douyin's app."""
        certificate_id = _order_id(about.get("certificate_id"))
        row = vouchers.by_code(platform.id, certificate_id)
        trouble.tell(
            trouble.REFUND_ASKED, f"{DOUYIN}:{certificate_id}", subject_kind="voucher",
            subject_id=row.id if row else 0, at=at, venue_id=row.venue_id if row else None,
            facts={"platform": DOUYIN, "platform_name": platform.platform_name,
                   "product_name": row.product_name if row else "",
                   "code_tail": row.code_tail if row else certificate_id[-4:],
                   "refund_fen": about.get("refund_amount")
                   if isinstance(about.get("refund_amount"), int) else None})

    def _meituan(self, platform: Platform, fields: dict[str, str], message: dict[str, Any],
                 at: datetime) -> None:
        kind = fields.get("msgType", "")
        if kind in (VERIFIED, REFUNDED):
            owners = merchants.merchants(MEITUAN)
            orders.mark_due(platform.id, _order_id(message.get("orderId")), at, ask_entry=True,
                            account_id=owners[0].account_id if len(owners) == 1 else "")
        elif kind == UNBOUND:
            self._access.unbound(
                str(message.get("opBizCode") or fields.get("opBizCode", "")),
                fields.get("businessId", ""), _instant(fields.get("timestamp", ""), at), at)


def _platform(code: str) -> Platform:
    """The platform's row. Without its secret nothing can be verified."""
    row = catalogue.platform(code)
    if row is None or not row.app_secret:
        raise NotAllowed("platform_not_set_up")
    return row


def _object(raw: bytes | str) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise InvalidInput("notice_unreadable") from None
    if not isinstance(body, dict):
        raise InvalidInput("notice_unreadable")
    return body


def _content(content: object) -> dict[str, Any]:
    """A JSON text or an object: both are sent (douyin.md 6)."""
    if isinstance(content, str):
        return _object(content)
    if isinstance(content, dict):
        return content
    raise InvalidInput("notice_unreadable")


def _fields(raw: bytes) -> dict[str, str]:
    """Form fields, or a JSON object of them. A name that comes twice is refused: which of the
    two was signed would be a guess."""
    if raw[:1] == b"{":
        return {name: value if isinstance(value, str) else json.dumps(value)
                for name, value in _object(raw).items()}
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict",
                          max_num_fields=MOST_FIELDS)
    except ValueError:
        raise InvalidInput("notice_unreadable") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidInput("notice_unreadable")
    return fields


def _signed_bytes(fields: dict[str, str]) -> bytes:
    """What a push's signature covers, in one form."""
    return json.dumps(sorted((name, value) for name, value in fields.items()
                             if name.lower() not in ("sign", "signature"))).encode()


def _order_id(value: object) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    if not _ORDER_ID.fullmatch(text):
        raise InvalidInput("notice_unreadable")
    return text


def _instant(timestamp: str, otherwise: datetime) -> datetime:
    """Seconds or milliseconds (meituan.md 3)."""
    if not re.fullmatch(r"[0-9]{1,13}", timestamp):
        return otherwise
    number = int(timestamp)
    return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
