"""Douyin group-buy certificates (life service, douyin.md 3).

What decides after a lost answer: the certificate's standing verifications. One is ours when it
was made through the open platform, at our store, not before our first try, and belongs to no
other redemption of ours. Nothing on the wire names the verify_token behind a verification, so
another system of the same store, using the same certificate in the same moment, could be
mistaken for us: the platform's own advice for a retry (result 1208 or 2 is a success, 3.3) has
the same limit. It never happens on a first try: a first answer of 1208 is somebody else's use.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.clock import Clock
from core.errors import PlatformError, PlatformRefused, PlatformUnknown, VoucherError
from core.ids import mask_code
from core.platforms import douyin_errors as errors
from core.platforms.answer import part, text
from core.platforms.base import (
    Cancellation,
    Cancelled,
    Consumed,
    ConsumedUse,
    Consumption,
    Piece,
    RefusedPiece,
    Shop,
)
from core.platforms.douyin_cancel import cancel_body, check_results
from core.platforms.douyin_certificates import (
    BY_API,
    Result,
    Verification,
    amounts_of,
    certificates,
    looked_up,
    prepared,
    results,
    status,
    verifications,
)
from core.platforms.douyin_consume import own_code, own_uses, presented, refused_of
from core.platforms.douyin_gateway import Gateway, Said
from core.platforms.http import Effect
from core.vouchers.certificate import Certificate, CertificateStatus, Prepared
from core.vouchers.scan import Candidate, Form

CERTIFICATE = "/goodlife/v1/fulfilment/certificate"
PREPARE, VERIFY = f"{CERTIFICATE}/prepare/", f"{CERTIFICATE}/verify/"
CANCEL, GET, QUERY = f"{CERTIFICATE}/cancel/", f"{CERTIFICATE}/get/", f"{CERTIFICATE}/query/"

PRESENTED_AS = {Form.CODE: "code", Form.ENCRYPTED_DATA: "encrypted_data"}
WORDS = {CertificateStatus.USED: "already_redeemed", CertificateStatus.EXPIRED: "expired",
         CertificateStatus.REFUNDED: "refunded", CertificateStatus.REFUNDING: "refunding"}
ROUNDING = timedelta(seconds=1)
"""Verification times and the platform's clock come in whole seconds, rounded down."""
FIRST_TRY_WITHIN = timedelta(seconds=2)


class Douyin:
    """`core.platforms.base.CertificatePlatform` for Douyin."""

    name = errors.NAME
    undo_window = timedelta(hours=1)
    undoes_each_use = True

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock

    def prepare(self, candidate: Candidate, shop: Shop) -> Prepared:
        parameter = PRESENTED_AS.get(candidate.form)
        if parameter is None:
            raise VoucherError("unreadable", platform=self.name)
        subject = mask_code(candidate.value) if candidate.form is Form.CODE else ""
        data, said = self._gateway.get(
            PREPARE, {parameter: candidate.value, "poi_id": shop.shop_id},
            lambda data, said: (data, said), account_id=shop.account_id, subject=subject)
        order_id = text(data, "order_id")
        now = said.now or self._clock.now()
        shown = [prepared(item, order_id) for item in certificates(data)]
        usable = tuple(one for one in shown if one.expires is None or now < one.expires)
        if usable:
            return Prepared(usable, text(data, "verify_token"), said.log_id)
        if shown:
            raise VoucherError("expired", platform=self.name, log_id=said.log_id)
        raise self._why_none(order_id, shop, said)

    def consume(self, consumption: Consumption, shop: Shop) -> Consumed:
        first_try = self._clock.now() - consumption.first_tried_at < FIRST_TRY_WITHIN
        try:
            lines, said = self._gateway.post(
                VERIFY, {"verify_token": consumption.verify_token, "poi_id": shop.shop_id,
                         "encrypted_codes": presented(consumption)},
                Effect.KEYED, lambda data, said: (results(data), said),
                account_id=shop.account_id, subject=consumption.certificate_id[-4:])
            alone = first_try and said.attempt == 1
            uses = own_uses(lines, consumption)
            if uses and consumption.further and not alone and any(
                    line.number in errors.ALREADY_VERIFIED for line in lines):
                # Ours from an earlier try, or somebody else's: the certificates tell.
                return self._found_or_unknown(consumption, shop, said)
            if uses:
                refused = self._explained(refused_of(lines, consumption), consumption, shop)
                return Consumed(uses, self._clock.now(), own_code(lines, consumption),
                                said.log_id, refused)
            raise self._refusal(lines[0], consumption, shop, said, somebody_else=alone)
        except VoucherError as refused:
            if refused.word != "already_redeemed" or "at" in refused.facts:
                raise
            found = self.find(consumption, shop)
            if found is None:
                raise
            return found
        except (PlatformUnknown, PlatformRefused) as open_question:
            if open_question.facts.get("reason") not in ("unlisted_code", "verify_token_refused"):
                raise
            return self._decide(open_question, consumption, shop)

    def find(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        if consumption.further:
            return self._find_all(consumption, shop)
        item, said = self._item(consumption, shop)
        uses = self._ours(item, consumption, shop, said)[:consumption.uses]
        if uses:
            return Consumed(tuple(amounts_of(item, uses)), uses[0].at or self._clock.now(),
                            text(item, "code") or None, said.log_id)
        where = status(item, said.now or self._clock.now())
        if where in (CertificateStatus.UNUSED, CertificateStatus.EXPIRED):
            return None
        raise self._told(item, where, said)

    def _find_all(self, consumption: Consumption, shop: Shop) -> Consumed | None:
        """What became of several certificates consumed by one call; those that nobody has used
        yet are in neither list."""
        items, said = self._items(consumption, shop)
        uses: list[ConsumedUse] = []
        refused: list[RefusedPiece] = []
        at: datetime | None = None
        own = Piece(consumption.certificate_id, consumption.handle, consumption.uses)
        for piece in (own, *consumption.further):
            item, name = items[piece.certificate_id], "" if piece is own else piece.certificate_id
            ours = self._ours(item, consumption, shop, said)[:piece.uses]
            if ours:
                at = at or ours[0].at
                uses += [replace(use, certificate_id=name) for use in amounts_of(item, ours)]
                continue
            where = status(item, said.now or self._clock.now())
            if where not in (CertificateStatus.UNUSED, CertificateStatus.EXPIRED):
                told = self._told(item, where, said)
                refused.append(RefusedPiece(name, told.word, dict(told.facts)))
        if uses:
            return Consumed(tuple(uses), at or self._clock.now(),
                            text(items[own.certificate_id], "code") or None, said.log_id,
                            tuple(refused))
        if len(refused) > len(consumption.further):
            raise VoucherError(refused[0].word, log_id=said.log_id, **refused[0].facts)
        return None

    def _explained(self, refused: tuple[RefusedPiece, ...], consumption: Consumption,
                   shop: Shop) -> tuple[RefusedPiece, ...]:
        """Refusals by where the certificates stand; as verify put it where that cannot be had."""
        try:
            items, said = self._items(consumption, shop) if refused else ({}, None)
        except PlatformError:
            return refused
        told = []
        for one in refused:
            assert said is not None
            item = items[one.certificate_id or consumption.certificate_id]
            where = status(item, said.now or self._clock.now())
            why = self._told(item, where, said) if where in WORDS else None
            told.append(RefusedPiece(one.certificate_id, why.word, dict(why.facts))
                        if why is not None else one)
        return tuple(told)

    def _found_or_unknown(self, consumption: Consumption, shop: Shop, said: Said) -> Consumed:
        found = self.find(consumption, shop)
        if found is None:
            raise PlatformUnknown(self.name, log_id=said.log_id, reason="partly_verified")
        return found

    def cancel(self, cancellation: Cancellation, shop: Shop) -> Cancelled:
        try:
            said = self._gateway.post(CANCEL, cancel_body(cancellation), Effect.KEYED,
                                      check_results, account_id=shop.account_id,
                                      subject=cancellation.consumption.certificate_id[-4:])
            return Cancelled(self._clock.now(), log_id=said.log_id)
        except VoucherError as refused:
            if refused.facts.get("code") != errors.ALREADY_CANCELLED:
                raise
            found = self.find_cancelled(cancellation, shop)
            if found is None:
                raise
            return found
        except PlatformUnknown as unknown:
            if unknown.facts.get("reason") != "unlisted_code":
                raise
            found = self.find_cancelled(cancellation, shop)
            if found is None:
                raise PlatformRefused(self.name, None, log_id=unknown.log_id,
                                      **unknown.facts) from None
            return found

    def find_cancelled(self, cancellation: Cancellation, shop: Shop) -> Cancelled | None:
        """Raises PlatformRefused("partly_cancelled") when some uses stand and some do not:
        somebody took them back one by one, and cancelling them together will never work."""
        item, said = self._item(cancellation.consumption, shop)
        standing = {one.verify_id for one in verifications(item)} & set(cancellation.verify_ids)
        if not standing:
            return Cancelled(self._clock.now(), log_id=said.log_id)
        if len(standing) < len(cancellation.verify_ids):
            raise PlatformRefused(self.name, log_id=said.log_id, reason="partly_cancelled")
        return None

    def look_up(self, certificate_id: str, handle: str, shop: Shop) -> Certificate:
        data, said = self._gateway.get(
            GET, {"encrypted_code": handle}, lambda data, said: (data, said),
            account_id=shop.account_id, subject=certificate_id[-4:])
        item = part(data, "certificate", "certificate_v_2")
        return looked_up(item, text(item, "order_id"), said.now or self._clock.now())

    def _item(self, consumption: Consumption, shop: Shop) -> tuple[dict[str, Any], Said]:
        """The certificate as query shows it now."""
        items, said = self._items(consumption, shop)
        return items[consumption.certificate_id], said

    def _items(self, consumption: Consumption,
               shop: Shop) -> tuple[dict[str, dict[str, Any]], Said]:
        """The certificates of a consumption as query shows them now, by id."""
        wanted = consumption.certificate_id
        needed = {wanted, *(piece.certificate_id for piece in consumption.further)}

        def read(data: dict[str, Any], said: Said) -> tuple[dict[str, dict[str, Any]], Said]:
            items = {text(item, "certificate_id"): item for item in certificates(data)}
            if needed <= items.keys():
                return items, said
            raise PlatformUnknown(self.name, log_id=said.log_id, reason="certificate_missing")

        key = ({"order_id": consumption.order_id} if consumption.order_id
               else {"encrypted_code": consumption.handle})
        return self._gateway.get(QUERY, key, read, account_id=shop.account_id,
                                 subject=wanted[-4:])

    def _ours(self, item: dict[str, Any], consumption: Consumption, shop: Shop,
              said: Said) -> list[Verification]:
        """The standing verifications that must be this consumption's (module text).

        Where the platform's clock is behind ours, so are its verification times.
        """
        behind = min(said.now - self._clock.now(), timedelta(0)) if said.now else timedelta(0)
        since = consumption.first_tried_at + behind - ROUNDING
        return [one for one in verifications(item)
                if one.verify_type == BY_API and one.poi_id in ("", shop.shop_id)
                and one.at is not None and one.at >= since
                and one.verify_id not in consumption.known_verify_ids]

    def _refusal(self, line: Result, consumption: Consumption, shop: Shop, said: Said, *,
                 somebody_else: bool) -> Exception:
        """The error for a code that verify did not accept."""
        try:
            errors.refuse(line.number, message=line.message, log_id=said.log_id)
        except VoucherError as refused:
            vague = line.number == errors.NO_LONGER_VALID
            if not vague and not (somebody_else and line.number in errors.ALREADY_VERIFIED):
                return refused
            try:
                item, seen = self._item(consumption, shop)
            except PlatformError:
                return (VoucherError(refused.word, log_id=refused.log_id,
                                     **{**refused.facts, "at": None}) if somebody_else else refused)
            where = status(item, seen.now or self._clock.now())
            return self._told(item, where, said) if where in WORDS else refused
        except PlatformError as error:
            return error

    def _told(self, item: dict[str, Any], where: CertificateStatus, said: Said) -> VoucherError:
        """Why a certificate cannot be used, with when and where it was (S90)."""
        facts: dict[str, object] = {"platform": self.name}
        if where is CertificateStatus.USED:
            uses = verifications(item)
            last = uses[-1] if uses else None
            facts["at"] = last.at.isoformat() if last and last.at else None
            facts["shop_id"] = last.poi_id if last else ""
        return VoucherError(WORDS[where], log_id=said.log_id, **facts)

    def _why_none(self, order_id: str, shop: Shop, said: Said) -> VoucherError:
        """prepare shows usable certificates only; the order tells why there are none."""
        if not order_id:
            return VoucherError("voucher_not_found", platform=self.name, log_id=said.log_id)
        items, seen = self._gateway.get(
            QUERY, {"order_id": order_id}, lambda data, said: (certificates(data), said),
            account_id=shop.account_id)
        now = seen.now or self._clock.now()
        by_status = {status(item, now): item for item in items}
        for where in WORDS:
            if where in by_status:
                return self._told(by_status[where], where, seen)
        return VoucherError("voucher_not_found", platform=self.name, log_id=said.log_id)

    def _decide(self, question: PlatformUnknown | PlatformRefused, consumption: Consumption,
                shop: Shop) -> Consumed:
        """After an answer that leaves open what happened: ask what became of it."""
        try:
            found = self.find(consumption, shop)
        except PlatformError:
            raise PlatformUnknown(self.name, None, log_id=question.log_id,
                                  **question.facts) from None
        if found is None:
            raise PlatformRefused(self.name, None, log_id=question.log_id, **question.facts)
        return found
