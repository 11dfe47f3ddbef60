"""A price as the wire shows it: plain dicts, made by hand because this is the busiest answer of
the door (design section 8). `tests/api` holds them against the documented schemas."""

from __future__ import annotations

from typing import Any

from core.api.phrases import language, sentence
from core.api.pricing.schemas.fields import worth
from core.money import Money
from core.pricing import phrases
from core.pricing.explanation import Note, explain
from core.pricing.kinds import ProductType
from core.pricing.phrases import CHINESE, ENGLISH
from core.pricing.promotion import VOUCHER, Bundle, Coupon, Promotion, VoucherCode
from core.pricing.quote import Quote
from core.services.pricing.checkout import Change, PriceChanged
from core.services.pricing.price import Priced, RefusedCode

Plain = dict[str, Any]


def price(priced: Priced, *, preview: bool = True, order_no: str | None = None) -> Plain:
    """The answer to a calculation, as `schemas.price.PriceResultSchema` documents it."""
    quote = priced.quote
    spoken = ENGLISH if language() == "en" else CHINESE
    told = explain(quote)
    said = phrases.in_words(told, spoken, priced.place.zone)
    details = [{"discountType": step.promotion.type, "discountId": step.promotion.id,
                "discountName": words.title, "description": words.detail,
                "beforeAmount": step.before, "discountAmount": step.discount,
                "afterAmount": step.after}
               for step, words in zip(quote.steps, said.rows, strict=True)]
    refused = [_refused(one) for one in priced.refused]
    skipped = [{"discountType": note.promotion.type, "discountId": note.promotion.id,
                "discountName": words.title, "reason": note.code, "message": words.detail,
                "facts": _facts(note)}
               for note, words in zip(told.notes, said.unused, strict=True)]
    return {
        "scenicId": priced.place.id, "faceId": priced.holder.face_id,
        "originalAmount": quote.original, "discountAmount": quote.discount,
        "finalAmount": quote.final, "products": _lines(quote), "discountDetails": details,
        "usedVoucher": _voucher(priced), "usedCoupon": _coupon(priced),
        "availableDiscounts": _available(quote, details, skipped) if preview else [],
        "skippedDiscounts": [*refused, *skipped],
        "explanation": [*phrases.as_lines(said, spoken),
                        *(f"{one['discountName']}{_COLON[spoken]}{one['message']}"
                          for one in refused)],
        "quote": priced.shown, "previewOnly": preview, "orderNo": order_no,
    }


_COLON = ("：", ": ")


def _lines(quote: Quote) -> list[Plain]:
    return [{"productType": one.line.product_type.code, "productId": one.line.product_id,
             "productName": one.line.name or one.line.product_type.description,
             "quantity": one.line.quantity, "unitPrice": one.line.unit_price,
             "originalAmount": one.original, "discountAmount": one.original - one.final,
             "finalAmount": one.final, "discounts": list(one.discounts)}
            for one in quote.lines]


def _voucher(priced: Priced) -> Plain | None:
    for step in priced.quote.steps:
        promotion = step.promotion
        if isinstance(promotion, VoucherCode):
            held = priced.codes[promotion.id]
            return {"voucherId": held.id, "voucherCode": held.code, "batchId": held.batch_id,
                    "voucherName": promotion.name,
                    "discountType": promotion.discount_type.code,
                    "discountTypeName": promotion.discount_type.description,
                    "discountValue": worth(promotion), "actualDiscountAmount": step.discount,
                    "usesLeft": held.uses_left, "expiresAt": promotion.ends}
    return None


def _coupon(priced: Priced) -> Plain | None:
    for step in priced.quote.steps:
        promotion = step.promotion
        if isinstance(promotion, Coupon):
            return {"couponId": promotion.id, "claimRecordId": priced.claims[promotion.id],
                    "couponName": promotion.name, "couponType": promotion.coupon_type.code,
                    "discountValue": worth(promotion), "actualDiscountAmount": step.discount}
    return None


def _available(quote: Quote, details: list[Plain], skipped: list[Plain]) -> list[Plain]:
    """What this cart could use: all that is applied, and the others that would save something by
    themselves (P227)."""
    found = [_info(step.promotion, shown["discountName"], step.discount, True)
             for step, shown in zip(quote.steps, details, strict=True)]
    return found + [
        _info(one.promotion, shown["discountName"], one.alone, False)
        for one, shown in zip(quote.skipped, skipped, strict=True) if one.alone]


def _info(promotion: Promotion, name: str, amount: Money, applied: bool) -> Plain:
    bundle = None
    if isinstance(promotion, Bundle):
        bundle = {
            "bundleConfigId": promotion.id, "bundleName": promotion.name,
            "discountType": promotion.discount_type.code, "discountValue": worth(promotion),
            "minQuantity": promotion.min_quantity, "minAmount": promotion.min_amount,
            "canUseWithCoupon": promotion.can_use_with_coupon,
            "canUseWithVoucher": promotion.can_use_with_voucher,
            "canUseWithOnePrice": promotion.can_use_with_one_price}
    return {"discountType": promotion.type, "discountId": promotion.id, "discountName": name,
            "discountAmount": amount, "applied": applied, "bundleDiscountInfo": bundle}


def _refused(code: RefusedCode) -> Plain:
    return {"discountType": VOUCHER, "discountId": None, "discountName": code.code,
            "reason": code.word, "message": sentence(code.word, code.facts),
            "facts": dict(code.facts)}


def _facts(note: Note) -> Plain:
    facts = {_FACTS.get(name, name): _plain(value) for name, value in note.facts.items()}
    if note.other is not None:
        facts["other"] = {"discountType": note.other.type, "discountId": note.other.id,
                          "discountName": phrases.title(note.other)}
    return facts


_FACTS = {"flag_of": "flagOf"}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [one.code if isinstance(one, ProductType) else one for one in value]
    return value


def changed(error: PriceChanged) -> Plain:
    """Facts of a refused checkout: the new quote, and what is not as it was shown."""
    priced = error.priced
    return {"finalAmount": priced.quote.final, "before": error.before,
            "changes": [_change(one, priced) for one in error.changes],
            "quote": price(priced)}


def _change(change: Change, priced: Priced) -> Plain:
    why: Plain = {"reason": None, "message": None}
    if isinstance(change.why, tuple):
        word, facts = change.why
        why = {"reason": word, "message": sentence(word, facts)}
    elif change.why is not None:
        for note in explain(priced.quote).notes:
            if (note.promotion.type, note.promotion.id) == (change.type, change.id):
                spoken = ENGLISH if language() == "en" else CHINESE
                why = {"reason": note.code, "message": phrases.reason(
                    note, priced.quote.final, spoken, priced.place.zone)}
    return {"discountType": change.type, "discountId": change.id,
            "applied": change.applied, **why}
