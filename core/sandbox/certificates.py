"""Orders and certificates as both platforms keep them; the wire formats are elsewhere.

Sandbox choices that are not platform facts: a Meituan certificate has no id on the wire, so its
first code serves as `certificate_id`; a Douyin QR belongs to one certificate and dies with each
of its verifications; only Meituan certificates of one use get a new code after a cancel.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC, date, datetime, timedelta

from core.clock import business_day, day_ends
from core.sandbox.ledger import Ledger
from core.sandbox.records import (
    Certificate,
    Order,
    Use,
    as_certificate,
    as_order,
    as_use,
    per_use,
)
from core.sandbox.world import Sku


class Certificates:
    """Issue, find, consume, cancel and refund. Callers hold `ledger.change()` around a decision."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def issue(self, sku: Sku, *, quantity: int = 1, uses: int | None = None,
              phone: str = "13800138000", paid_fen: int | None = None,
              original_fen: int | None = None, expires: date | None = None,
              venues: tuple[int, ...] | None = None) -> tuple[Order, list[Certificate]]:
        """A paid order of `quantity` certificates; `expires` is the last usable day."""
        ledger = self.ledger
        now = ledger.now()
        today = business_day(datetime.fromtimestamp(now, UTC))
        ends = day_ends(expires or today + timedelta(days=sku.valid_days)).timestamp()
        paid = sku.paid_fen if paid_fen is None else paid_fen
        original = max(sku.original_fen, paid) if original_fen is None else original_fen
        count = uses or sku.uses
        with ledger.change():
            order_id = self._order_id(sku.platform, now)
            ledger.insert("orders", order_id=order_id, platform=sku.platform, sku=sku.key,
                          title=sku.title, phone=phone, open_id=f"open-{phone[-8:]}",
                          quantity=quantity, uses=count, paid_fen=paid, original_fen=original,
                          paid_at=now, updated_at=now)
            for position in range(quantity):
                code = self._new_code(sku.platform)
                certificate_id = code if sku.platform == "meituan" else self._douyin_id("7212")
                ledger.insert("certificates", certificate_id=certificate_id,
                              platform=sku.platform, order_id=order_id, position=position,
                              code=code, sku=sku.key,
                              qr_id=self._new_qr(certificate_id) if sku.platform == "douyin"
                              else "",
                              uses=count, paid_fen=paid, original_fen=original,
                              starts_at=min(now, ends - 1) - 1, ends_at=ends, updated_at=now,
                              venues=json.dumps(sku.venues if venues is None else venues))
            order = self.order(order_id)
            assert order is not None
            return order, self.of_order(order_id)

    def order(self, order_id: str) -> Order | None:
        row = self.ledger.row("SELECT * FROM orders WHERE order_id = ?", order_id)
        return None if row is None else as_order(row)

    def get(self, certificate_id: str) -> Certificate | None:
        return self._one("certificate_id = ?", certificate_id)

    def by_code(self, platform: str, code: str) -> Certificate | None:
        return self._one("platform = ? AND code = ?", platform, code)

    def of_order(self, order_id: str) -> list[Certificate]:
        rows = self.ledger.rows("SELECT * FROM certificates WHERE order_id = ? ORDER BY position",
                                order_id)
        return [as_certificate(row) for row in rows]

    def is_retired(self, code: str) -> bool:
        """Whether the code was replaced by a new one after a cancel (Meituan 1141)."""
        return self.ledger.row("SELECT 1 FROM retired_codes WHERE code = ?", code) is not None

    def uses_of(self, certificate_id: str, *, live: bool = False) -> list[Use]:
        """Its consumptions, oldest first; `live` leaves out the cancelled ones."""
        where = " AND cancelled_at IS NULL" if live else ""
        return [as_use(row) for row in self.ledger.rows(
            f"SELECT * FROM uses WHERE certificate_id = ?{where} ORDER BY seq", certificate_id)]

    def use(self, verify_id: str) -> Use | None:
        row = self.ledger.row("SELECT * FROM uses WHERE verify_id = ?", verify_id)
        return None if row is None else as_use(row)

    def consume(self, certificate: Certificate, *, key: str, venue: int, operator: str = "",
                operator_name: str = "", times: int = 1) -> list[Use]:
        """Take `times` uses, each with a verify_id of its own.

        The guarded UPDATE is what makes a use unrepeatable; the caller has checked the rest.
        """
        ledger = self.ledger
        now = ledger.now()
        with ledger.change():
            changed = ledger.run(
                "UPDATE certificates SET used = used + ?, updated_at = ? WHERE certificate_id = ? "
                "AND refund = '' AND used + ? <= uses",
                times, now, certificate.certificate_id, times)
            assert changed == 1, "callers check the certificate inside the same transaction"
            taken = {use.serial for use in self.uses_of(certificate.certificate_id, live=True)}
            free = [n for n in range(1, certificate.uses + 1) if n not in taken]
            amounts = per_use(certificate)
            made = []
            for serial in free[:times]:
                verify_id = self._verify_id(certificate.platform)
                ledger.insert("uses", verify_id=verify_id, platform=certificate.platform,
                              certificate_id=certificate.certificate_id, code=certificate.code,
                              key=key, venue=venue, serial=serial, operator=operator,
                              operator_name=operator_name, at=now,
                              amount_fen=amounts[serial - 1])
                made.append(self.use(verify_id))
            if certificate.platform == "douyin":
                self._renew_qr(certificate)
            self._touch_order(certificate.order_id, now)
        return [use for use in made if use is not None]

    def cancel(self, use: Use) -> None:
        """Take back one live use; a Meituan certificate of one use gets a new code."""
        ledger = self.ledger
        now = ledger.now()
        with ledger.change():
            changed = ledger.run("UPDATE uses SET cancelled_at = ? WHERE verify_id = ? "
                                 "AND cancelled_at IS NULL", now, use.verify_id)
            assert changed == 1, "callers check the use inside the same transaction"
            ledger.run("UPDATE certificates SET used = used - 1, updated_at = ? "
                       "WHERE certificate_id = ?", now, use.certificate_id)
            certificate = self.get(use.certificate_id)
            assert certificate is not None
            if certificate.platform == "meituan" and certificate.uses == 1:
                ledger.insert("retired_codes", code=certificate.code,
                              certificate_id=certificate.certificate_id)
                ledger.run("UPDATE certificates SET code = ? WHERE certificate_id = ?",
                           self._new_code("meituan"), certificate.certificate_id)
            self._touch_order(certificate.order_id, now)

    def refund(self, certificate: Certificate, state: str = "refunded") -> int:
        """The buyer's refund, also of a used one; what goes back in fen.

        What was not used is worth its share; a fully used one goes back whole.
        """
        now = self.ledger.now()
        amounts = per_use(certificate)
        live = self.uses_of(certificate.certificate_id, live=True)
        kept = sum(amounts[use.serial - 1] for use in live)
        back = certificate.paid_fen - kept if certificate.left else certificate.paid_fen
        with self.ledger.change():
            self.ledger.run(
                "UPDATE certificates SET refund = ?, refund_fen = ?, refunded_at = ?, "
                "updated_at = ? WHERE certificate_id = ?",
                state, back, now, now, certificate.certificate_id)
            self._touch_order(certificate.order_id, now)
        return back

    def _one(self, where: str, *values: str) -> Certificate | None:
        row = self.ledger.row(f"SELECT * FROM certificates WHERE {where}", *values)
        return None if row is None else as_certificate(row)

    def _touch_order(self, order_id: str, now: float) -> None:
        """The order has changed: when, and whether anything of it can still be used."""
        self.ledger.run(
            "UPDATE orders SET updated_at = ?, state = (SELECT CASE "
            "WHEN SUM(refund <> 'refunded' AND used < uses) > 0 THEN 'available' "
            "WHEN SUM(refund <> 'refunded') = 0 THEN 'closed' ELSE 'finished' END "
            "FROM certificates WHERE order_id = ?) WHERE order_id = ?", now, order_id, order_id)

    def _renew_qr(self, certificate: Certificate) -> None:
        self.ledger.run("UPDATE qr_codes SET dead = 1 WHERE certificate_id = ?",
                        certificate.certificate_id)
        self.ledger.run("UPDATE certificates SET qr_id = ? WHERE certificate_id = ?",
                        self._new_qr(certificate.certificate_id), certificate.certificate_id)

    def _new_qr(self, certificate_id: str) -> str:
        qr_id = secrets.token_urlsafe(6).replace("_", "a").replace("-", "b")
        self.ledger.insert("qr_codes", qr_id=qr_id, certificate_id=certificate_id)
        return qr_id

    def _new_code(self, platform: str) -> str:
        """10 digits at Meituan, 15 at Douyin (meituan.md 5, douyin.md 3.1), never given twice."""
        digits = 10 if platform == "meituan" else 15
        while True:
            code = str(10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1)))
            if self.by_code(platform, code) is None and not self.is_retired(code):
                return code

    def _order_id(self, platform: str, now: float) -> str:
        number = self.ledger.next_number("order")
        if platform == "meituan":
            return f"{int(now):010d}{number:08d}{secrets.randbelow(10**6):06d}"
        return f"80{number:011d}{secrets.randbelow(10**6):06d}"

    def _douyin_id(self, prefix: str) -> str:
        number = self.ledger.next_number("douyin")
        return f"{prefix}{number:09d}{secrets.randbelow(10**6):06d}"

    def _verify_id(self, platform: str) -> str:
        if platform == "douyin":
            return self._douyin_id("7213")
        return f"{self.ledger.next_number('flow', 1_000_000_001)}"
