"""Signed webhooks of both platforms: queued with the change that caused them, sent by a thread.

Sandbox choices that are not platform facts: retries come 2, 10 and 30 seconds after a failure;
Meituan's payloads (fields not found anywhere) are

    5810055 verification   {orderId, receiptCode, dealId, flowId, type: "consume"|"reverse", time}
    5810173 refund         {orderId, receiptCode, dealId, refundStatus, refundAmount (fen), time}

and a Meituan order has no push when it is paid, since no message type for it is known.
A webhook that is out of retries is dropped, as the platforms drop it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlencode

import requests

from core.sandbox.ledger import Ledger
from core.sandbox.meituan.envelope import sign
from core.sandbox.records import Certificate, Order
from core.sandbox.world import World

TIMEOUT = 5
RETRY_AFTER = (2, 10, 30)
WEBHOOKS = ("meituan", "douyin", "wecom", "official", "meituan_auth")
"""Addresses that can be set; "meituan_auth" is where the authorisation page sends people."""

log = logging.getLogger(__name__)


def douyin_signature(client_secret: str, body: bytes) -> str:
    """Lower-case hex SHA-1 of the secret and the raw body (douyin.md section 6)."""
    return hashlib.sha1(client_secret.encode() + body).hexdigest()


class Courier:
    """Queues callbacks and delivers what is due. `due_at` is the machine's clock."""

    def __init__(self, world: World, ledger: Ledger) -> None:
        self.world = world
        self.ledger = ledger
        self._wake = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def url(self, platform: str) -> str:
        """Where a platform's callbacks go; "" sends none."""
        set_url = self.ledger.meta(f"webhook:{platform}")
        if set_url is not None:
            return set_url
        if platform == "meituan_auth":
            return self.world.meituan.redirect_url
        return str(getattr(self.world.webhooks, platform))

    def set_url(self, platform: str, url: str) -> None:
        self.ledger.set_meta(f"webhook:{platform}", url)

    def douyin_order(self, order: Order) -> None:
        """life_trade_order_notify pay_success."""
        self._douyin("life_trade_order_notify", f"pay_success:{order.order_id}", {
            "action": "pay_success", "msg_time": int(self.ledger.now()),
            "order": {"order_id": order.order_id, "account_id": self.world.douyin.account_id,
                      "pay_amount": order.paid_fen * order.quantity,
                      "original_amount": order.original_fen * order.quantity,
                      "create_time": int(order.paid_at), "pay_time": int(order.paid_at)}})

    def douyin_certificate(self, action: str, one: Certificate) -> None:
        """life_trade_certificate_notify: verify, verify_cancel or refund_success."""
        count = self.ledger.next_number(f"notify:{one.certificate_id}:{action}")
        self._douyin("life_trade_certificate_notify", f"{action}:{one.certificate_id}:{count}", {
            "action": action, "msg_time": int(self.ledger.now()),
            "certificate": {"certificate_id": one.certificate_id, "order_id": one.order_id,
                            "account_id": self.world.douyin.account_id}})

    def _douyin(self, event: str, entity: str, content: dict[str, Any]) -> None:
        msg_id = hashlib.md5(f"{self.world.douyin.client_key}:{entity}".encode()).hexdigest()
        body = {"event": event, "client_key": self.world.douyin.client_key, "from_user_id": "",
                "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
                "log_id": secrets.token_hex(16).upper(), "msg_id": msg_id}
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self._queue("douyin", raw, {
            "Content-Type": "application/json", "Msg-Id": msg_id,
            "X-Douyin-Signature": douyin_signature(self.world.douyin.client_secret, raw)})

    def meituan_shop(self, msg_type: str, venue: int, message: dict[str, Any]) -> None:
        """A push about one shop, businessId 58."""
        shop = next(shop for shop in self.world.meituan.shops if shop.venue == venue)
        self.meituan(msg_type, shop.op_biz_code, message, "58")

    def meituan(self, msg_type: str, op_biz_code: str, message: dict[str, Any],
                business_id: str) -> None:
        """A push, signed like a request (meituan.md section 3)."""
        fields = {"msgType": msg_type, "msgId": secrets.token_hex(12),
                  "developerId": self.world.meituan.developer_id, "businessId": business_id,
                  "timestamp": str(int(self.ledger.now())), "opBizCode": op_biz_code,
                  "message": json.dumps(message, ensure_ascii=False, separators=(",", ":"))}
        fields["sign"] = sign(fields, self.world.meituan.sign_key)
        raw = urlencode(fields).encode()
        self._queue("meituan", raw, {
            "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"})

    def _queue(self, platform: str, raw: bytes, headers: dict[str, str]) -> None:
        url = self.url(platform)
        self.ledger.insert("callbacks", platform=platform, url=url, headers=json.dumps(headers),
                           body=raw, created_at=self.ledger.now(),
                           due_at=time.time() if url else None)
        if url:
            self.wake()

    def resume(self) -> None:
        """Go on with what a stopped sandbox had not delivered."""
        if self.ledger.row("SELECT 1 FROM callbacks WHERE due_at IS NOT NULL LIMIT 1"):
            self.wake()

    def resend(self, last: int, times: int, shuffle: bool) -> int:
        """Queue the last callbacks again as they were; how many deliveries that makes."""
        rows = self.ledger.rows("SELECT * FROM callbacks ORDER BY seq DESC LIMIT ?", last)
        again = [row for row in reversed(rows) for _ in range(times)]
        if shuffle:
            random.shuffle(again)
        with self.ledger.change():
            for row in again:
                self.ledger.insert("callbacks", platform=row["platform"],
                                   url=self.url(row["platform"]), headers=row["headers"],
                                   body=row["body"], created_at=self.ledger.now(),
                                   due_at=time.time())
        self.wake()
        return len(again)

    def wake(self) -> None:
        """Start the sending thread on first use (so that a fork before it does no harm)."""
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="sandbox-courier",
                                                daemon=True)
                self._thread.start()
        self._wake.set()

    def _deliver(self) -> None:
        with requests.Session() as session:
            while True:
                self._wake.clear()
                row = self.ledger.row("SELECT * FROM callbacks WHERE due_at IS NOT NULL "
                                      "ORDER BY due_at, seq LIMIT 1")
                wait = row["due_at"] - time.time() if row is not None else None
                if row is None or (wait is not None and wait > 0):
                    self._wake.wait(wait)
                    continue
                self._send(session, row["seq"])

    def _send(self, session: requests.Session, seq: int) -> None:
        row = self.ledger.row("SELECT * FROM callbacks WHERE seq = ?", seq)
        assert row is not None
        try:
            answer = session.post(row["url"], data=row["body"], timeout=TIMEOUT,
                                  headers=json.loads(row["headers"]), allow_redirects=False)
            said = f"{answer.status_code} {answer.text[:200]}"
            taken = answer.status_code == 200 and _acknowledged(row["platform"], answer)
        except requests.RequestException as error:
            said, taken = type(error).__name__, False
        attempts = row["attempts"] + 1
        again = not taken and attempts <= len(RETRY_AFTER)
        log.debug("webhook %s to %s: %s", seq, row["platform"], said)
        self.ledger.run("UPDATE callbacks SET attempts = ?, answer = ?, due_at = ? WHERE seq = ?",
                        attempts, said,
                        time.time() + RETRY_AFTER[attempts - 1] if again else None, seq)


def _acknowledged(platform: str, answer: requests.Response) -> bool:
    """Douyin wants HTTP 200; Meituan wants `{"code": 0}` in it."""
    if platform == "douyin":
        return True
    try:
        said = answer.json()
    except requests.JSONDecodeError:
        return False
    return isinstance(said, dict) and str(said.get("code")) == "0"
