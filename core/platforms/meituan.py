"""Meituan and Dianping group-buy coupons: generation B of the gateway, businessId 58.

What decides after a lost answer: `verifyAccount`. consume records our operator text, which
carries the redemption's ref, and getconsumed and the verification log give it back; so a
verification found there is ours or surely is not. Only a log line has the flow number
(`verify_id`). A coupon that is not verified at the moment of asking may still be consumed by a
request under way: after None an identical repetition (same requestId) is the way on, not a
refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock, business_day
from core.errors import (
    PlatformError,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
    VoucherError,
)
from core.ids import mask_code
from core.platforms import meituan_errors as errors
from core.platforms.answer import items, text, whole
from core.platforms.base import (
    Cancellation,
    Cancelled,
    Consumed,
    ConsumedUse,
    Consumption,
    RefusedPiece,
    Shop,
)
from core.platforms.http import Answer, Effect, T
from core.platforms.meituan_gateway import Gateway, log_id
from core.platforms.meituan_receipts import (
    Verification,
    certificate,
    consumed,
    sibling,
    stands,
    unreadable_now,
    verification,
)
from core.vouchers.certificate import Certificate, CertificateStatus, Prepared
from core.vouchers.scan import Candidate, Form

RECEIPTS = "/ddzh/tuangou/receipt"
PREPARE, CONSUME = f"{RECEIPTS}/prepare", f"{RECEIPTS}/consume"
REVERSE, CONSUMED = f"{RECEIPTS}/reverseconsume", f"{RECEIPTS}/getconsumed"
LOG = f"{RECEIPTS}/querylistbydate"
LOG_PAGE = 300
SIBLING = "sibling"
"""Stands for those that the platform did not take of the siblings asked for."""

_STATUS = {"already_redeemed": CertificateStatus.USED, "expired": CertificateStatus.EXPIRED,
           "refunding": CertificateStatus.REFUNDING, "refunded": CertificateStatus.REFUNDED}


class Meituan:
    """`core.platforms.base.CertificatePlatform` for Meituan.

    `renew` fetches a fresh token when the platform calls a shop's expired; None: cannot.
    """

    name = errors.NAME
    undo_window = timedelta(minutes=10)
    undoes_each_use = False

    def __init__(self, gateway: Gateway, clock: Clock,
                 renew: Callable[[Shop], Shop | None] = lambda shop: None) -> None:
        self._gateway = gateway
        self._clock = clock
        self._renew = renew

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        if candidate.form is not Form.CODE:
            raise VoucherError("unreadable", platform=self.name)

        def read(data: dict[str, Any], answer: Answer) -> Prepared:
            found = certificate(data, CertificateStatus.UNUSED)
            return Prepared((found,), log_id=log_id(answer.body))

        try:
            return self._ask(PREPARE, {"receiptCode": candidate.value}, shop, Effect.READ, read)
        except VoucherError as refused:
            if refused.word == "already_redeemed":
                raise self._saying_when(refused, candidate.value, shop) from None
            raise

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        biz = {"receiptCode": consumption.handle,
               "count": consumption.uses + consumption.siblings,
               "requestId": consumption.key, **_operator(consumption)}
        try:
            return self._ask(CONSUME, biz, shop, Effect.KEYED, lambda data, answer: consumed(
                data, consumption, self._clock.now(), log_id(answer.body)))
        except VoucherError as refused:
            found = (self.find(consumption, shop) if refused.word == "already_redeemed" else None)
            if found is None:
                raise
            return found
        except PlatformUnknown as unknown:
            if unknown.facts.get("reason") not in ("unlisted_code", "partly_verified"):
                raise
            return self._decide(unknown, consumption, shop)

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        last = self._last_verification(consumption.handle, shop)
        if last is None:
            return None
        if last.account != consumption.operator and not last.of_times_card:
            raise VoucherError("already_redeemed", platform=self.name, at=_iso(last.at))
        uses = self._uses_in_log(consumption, last, shop)
        if not uses and last.account == consumption.operator and not consumption.siblings:
            # The log lags behind: the account proves whose it is, numbers of our own name it.
            uses = [ConsumedUse(f"{consumption.key}-{number}")
                    for number in range(1, consumption.uses + 1)]
        if not uses and consumption.siblings:
            # All or none was taken, and the account is ours; which they are, the log will tell.
            raise PlatformUnknown(self.name, reason="log_lags")
        if not uses:
            return None
        return Consumed(tuple(uses), last.at or self._clock.now(), consumption.handle)

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        """Reversing has no key and takes back the newest verification, whoever made it. So we
        look first, and never repeat it blindly."""
        consumption = cancellation.consumption
        last = self._standing(consumption, shop)
        if last is None:
            return Cancelled(self._clock.now())
        if last.of_times_card:
            self._check_newest(last, cancellation, shop)
        biz = {"receiptCode": consumption.handle, "dealId": consumption.sku_id,
               **_operator(consumption)}

        def read(data: dict[str, Any], answer: Answer) -> Cancelled:
            codes = {text(item, "receiptCode") for item in items(data, "result")}
            fresh = codes - {"", consumption.handle}
            return Cancelled(self._clock.now(), fresh.pop() if len(fresh) == 1 else None,
                             log_id(answer.body))

        try:
            return self._ask(REVERSE, biz, shop, Effect.ONCE, read)
        except (VoucherError, PlatformRefused) as refused:
            if refused.facts.get("code") in (errors.NOT_VERIFIED, errors.CODE_REPLACED):
                return Cancelled(self._clock.now(), log_id=refused.log_id)
            raise
        except PlatformUnknown as unknown:
            if unknown.facts.get("reason") != "unlisted_code":
                raise
            done = self.find_cancelled(cancellation, shop)
            if done is None:
                raise PlatformRefused(self.name, None, log_id=unknown.log_id,
                                      **unknown.facts) from None
            return done

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        if self._standing(cancellation.consumption, shop) is None:
            return Cancelled(self._clock.now())
        return None

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        """Of a coupon that can no longer be used the platform tells only its status: the other
        fields of the answer are empty."""
        try:
            (found,) = self.prepare(Candidate(self.name, Form.CODE, handle), shop).certificates
            return found
        except VoucherError as refused:
            if refused.word not in _STATUS:
                raise
            return unreadable_now(handle, _STATUS[refused.word])

    def _standing(self, consumption: Consumption, shop: Shop) -> Verification | None:
        """The coupon's newest verification while ours stands; None when ours was taken back."""
        try:
            last = self._last_verification(consumption.handle, shop)
        except VoucherError as refused:
            if refused.facts.get("code") == errors.CODE_REPLACED:
                return None
            raise
        if last is None or last.account == consumption.operator:
            return last
        ours = last.of_times_card and self._uses_in_log(consumption, last, shop)
        return last if ours else None

    def _check_newest(self, last: Verification, cancellation: Cancellation, shop: Shop) -> None:
        """Reversing takes back the newest verification of a times card as a whole."""
        consumption = cancellation.consumption
        if last.account != consumption.operator:
            raise VoucherError("undo_window_passed", platform=self.name, reason="not_the_newest")
        uses = {use.verify_id for use in self._uses_in_log(consumption, last, shop)}
        if uses - set(cancellation.verify_ids):
            raise PlatformRefused(self.name, reason="whole_verification_only")

    def _last_verification(self, code: str, shop: Shop) -> Verification | None:
        """The newest standing verification of a coupon; None when it has none."""
        try:
            return self._ask(CONSUMED, {"receiptCode": code}, shop, Effect.READ,
                             lambda data, answer: verification(data))
        except (VoucherError, PlatformRefused) as refused:
            if refused.facts.get("code") in (errors.NOT_VERIFIED, errors.NOT_FOUND):
                return None
            raise

    def _uses_in_log(self, consumption: Consumption, last: Verification,
                     shop: Shop) -> list[ConsumedUse]:
        """Our standing uses by their flow numbers, from the days on which they can be."""
        days = {business_day(consumption.first_tried_at)}
        days |= {business_day(last.at)} if last.at else set()
        return [ConsumedUse(line.flow_id, None, sibling(line.receipt_code, consumption))
                for day in sorted(days) for line in self._log_of(day.isoformat(), last, shop)
                if line.flow_id and line.account == consumption.operator
                and (consumption.siblings or line.receipt_code == consumption.handle)]

    def _log_of(self, day: str, last: Verification, shop: Shop) -> list[Verification]:
        lines: list[Verification] = []
        offset, total = 0, 1
        while offset < total:
            page, total = self._ask(LOG, {"date": day, "offset": offset, "limit": LOG_PAGE,
                                          "type": 0, "bizType": last.log_type},
                                    shop, Effect.READ, _log_page)
            lines += [verification(record) for record in page if stands(record)]
            offset += len(page) or total
        return lines

    def _saying_when(self, refused: VoucherError, code: str, shop: Shop) -> VoucherError:
        """The refusal of a used coupon, with the time of its use where that can be had (S90)."""
        try:
            last = self._last_verification(code, shop)
        except (PlatformError, VoucherError):
            return refused
        at = _iso(last.at) if last else None
        return VoucherError(refused.word, log_id=refused.log_id, **{**refused.facts, "at": at})

    def _decide(self, unknown: PlatformUnknown, consumption: Consumption, shop: Shop) -> Consumed:
        """After an answer that can be read but not understood: ask what became of it."""
        try:
            found = self.find(consumption, shop)
        except PlatformError:
            raise unknown from None
        if found is None and unknown.facts["reason"] == "unlisted_code":
            raise PlatformRefused(self.name, None, log_id=unknown.log_id, **unknown.facts)
        if found is None:
            raise unknown
        if consumption.siblings and unknown.facts["reason"] == "partly_verified":
            return replace(found, refused=(RefusedPiece(SIBLING, "not_enough_uses"),))
        return found

    def _ask(self, path: str, biz: dict[str, Any], shop: Shop, effect: Effect,
             read: Callable[[dict[str, Any], Answer], T]) -> T:
        subject = mask_code(str(biz.get("receiptCode", "")))
        try:
            return self._gateway.ask(path, biz, shop.token, effect, read, subject=subject)
        except PlatformMisconfigured as refused:
            fresh = (self._renew(shop) if refused.facts.get("reason") == "token_expired" else None)
            if fresh is None:
                raise
        return self._gateway.ask(path, biz, fresh.token, effect, read, subject=subject)


def _log_page(data: dict[str, Any], answer: Answer) -> tuple[list[dict[str, Any]], int]:
    return items(data, "records"), whole(data, "totalCount")


def _operator(consumption: Consumption) -> dict[str, str]:
    return {"appShopAccount": consumption.operator,
            "appShopAccountName": consumption.operator_name or consumption.operator}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
