"""What the pricing routes that members use look like on the wire, for the OpenAPI document: one
story, from claiming a coupon and a code to a cart that was cancelled."""

from __future__ import annotations

from typing import Any

from core.api.mini.examples import answered, page

CLAIMED_AT, ENDS = "2026-11-21T06:32:10+00:00", "2026-12-31T16:00:00+00:00"
HELD_BY = {"userId": 42, "faceId": "face-lin", "scenicId": 1}

CLAIM: dict[str, Any] = {"scenicId": 1}
COUPON = {
    "claimRecordId": 18, "couponId": 3, "couponName": "满 100 减 20",
    "couponType": "fixed_amount", "discountValue": 20.00, "minAmount": 100.00,
    "maxDiscount": None, "applicableProducts": [], "validFrom": None, "validUntil": ENDS,
    "status": "claimed", "statusName": "已领取", **HELD_BY, "claimTime": CLAIMED_AT,
    "useTime": None, "orderNo": None, "discountAmount": None}
COUPON_CLAIMED, MY_COUPONS = answered(COUPON), answered([COUPON])

PRODUCTS = answered([{
    "id": 4, "productType": "PHOTO_SET", "productId": "default", "scenicId": 1,
    "productName": "照相集", "basePrice": 128.00, "unit": "套", "status": 1, "isActive": True,
    "createdAt": "2026-10-01T02:00:00+00:00", "updatedAt": "2026-10-01T02:00:00+00:00"}])
TIERS = answered([{
    "id": 2, "productType": "PHOTO_PRINT", "productId": "default", "scenicId": 1,
    "minQuantity": 5, "maxQuantity": None, "unitPrice": 10.00,
    "updatedAt": "2026-10-01T02:00:00+00:00"}])

CODE_TEXT = "K7M4 9XRT 2AHC"
GIVES = {"discountType": 2, "discountTypeName": "商品打折", "discountValue": 0.85}
CODE = {
    "id": 77, "voucherCode": CODE_TEXT, "batchId": 5, "batchName": "周年庆", "scenicId": 1,
    **GIVES, "applicableProducts": [], "status": 1, "statusName": "可使用",
    "faceId": "face-lin", "userId": 42, "claimedTime": CLAIMED_AT, "usedTime": None,
    "expiresAt": ENDS, "maxUseCount": 1, "useCount": 0, "remainingUseCount": 1}
CODE_CLAIMED, MY_CODES = answered(CODE), answered([CODE])
VALIDATE = {"voucherCode": CODE_TEXT, "scenicId": 1}
VALIDATED = answered({
    "valid": True, "voucherCode": CODE_TEXT, "reason": None, "message": None,
    "voucherName": "周年庆", "batchId": 5, **GIVES, "usesLeft": 1, "expiresAt": ENDS})
PRINT = {"voucherCode": CODE_TEXT, "format": "png"}
PRINTED = answered({
    "printId": 9, "voucherCode": CODE_TEXT, "voucherName": "周年庆", "printNumber": 1,
    "reprint": False, "format": "png", "mediaType": "image/png",
    "content": "iVBORw0KGgoAAAANSUhEUgAA…", "printedAt": CLAIMED_AT, "expiresAt": ENDS})
USED_BY_FACE = answered([{
    "id": 31, "voucherCode": CODE_TEXT, "batchId": 5, "batchName": "周年庆", **HELD_BY,
    "orderNo": "PRR6R8FFQBCXD", "discountAmount": 22.80, "useTime": CLAIMED_AT,
    "reversedTime": None, "reason": ""}])

CART: dict[str, Any] = {
    "scenicId": 1, "voucherCode": CODE_TEXT, "products": [
        {"productType": "PHOTO_SET", "quantity": 1},
        {"productType": "PHOTO_PRINT", "quantity": 2}]}
AMOUNTS = {"originalAmount": 152.00, "discountAmount": 42.80, "finalAmount": 109.20}
LINES: list[dict[str, Any]] = [
    {"productType": "PHOTO_SET", "productId": "default", "productName": "照相集", "quantity": 1,
     "unitPrice": 128.00, "originalAmount": 128.00, "discountAmount": 36.04,
     "finalAmount": 91.96, "discounts": [19.20, 16.84]},
    {"productType": "PHOTO_PRINT", "productId": "default", "productName": "照片打印",
     "quantity": 2, "unitPrice": 12.00, "originalAmount": 24.00, "discountAmount": 6.76,
     "finalAmount": 17.24, "discounts": [3.60, 3.16]}]
BY_CODE = {"discountType": "VOUCHER", "discountId": 5, "discountName": "周年庆",
           "beforeAmount": 152.00, "discountAmount": 22.80, "afterAmount": 129.20}
BY_COUPON = {"discountType": "COUPON", "discountId": 3, "discountName": "满 100 减 20",
             "beforeAmount": 129.20, "discountAmount": 20.00, "afterAmount": 109.20}
QUOTE = "15200-10920-VOUCHER:77.COUPON:18-ffb6cd631751002b"
PRICE = answered({
    "scenicId": 1, "faceId": "face-lin", **AMOUNTS, "products": LINES,
    "discountDetails": [{**BY_CODE, "description": "券码 8.5 折"},
                        {**BY_COUPON, "description": "打完折 ¥129.20，够了"}],
    "usedVoucher": {
        "voucherId": 77, "voucherCode": "K7M49XRT2AHC", "batchId": 5, "voucherName": "周年庆",
        **GIVES, "actualDiscountAmount": 22.80, "usesLeft": 1, "expiresAt": ENDS},
    "usedCoupon": {
        "couponId": 3, "claimRecordId": 18, "couponName": "满 100 减 20",
        "couponType": "fixed_amount", "discountValue": 20.00, "actualDiscountAmount": 20.00},
    "availableDiscounts": [
        {"discountType": "VOUCHER", "discountId": 5, "discountName": "周年庆",
         "discountAmount": 22.80, "applied": True, "bundleDiscountInfo": None},
        {"discountType": "COUPON", "discountId": 3, "discountName": "满 100 减 20",
         "discountAmount": 20.00, "applied": True, "bundleDiscountInfo": None}],
    "skippedDiscounts": [], "explanation": [
        "原价 ¥152.00", "周年庆 −¥22.80 (券码 8.5 折)",
        "满 100 减 20 −¥20.00 (打完折 ¥129.20，够了)", "要付 ¥109.20"],
    "quote": QUOTE, "previewOnly": True, "orderNo": None})

CHECKOUT = {**CART, "quote": QUOTE}
SETTLED: dict[str, Any] = {
    "orderNo": "PRR6R8FFQBCXD", **HELD_BY, "status": "awaiting_payment", "statusText": "等付款",
    "payment": "counter", **AMOUNTS, "dueAmount": 109.20, "refundedAmount": 0.00,
    "products": [{"line": number, **line, "refundedQuantity": 0, "refundedAmount": 0.00}
                 for number, line in enumerate(LINES, 1)],
    "discountDetails": [BY_CODE, BY_COUPON], "voucherCodeId": 77, "couponClaimId": 18,
    "refunds": [], "explanation": {"original_fen": 15200, "final_fen": 10920, "saved_fen": 4280},
    "createdAt": CLAIMED_AT, "paidAt": None, "expiresAt": "2026-11-21T07:02:10+00:00",
    "closedAt": None, "givenBackAt": None}
ORDER, ORDERS = answered(SETTLED), page(SETTLED)
CANCEL = {"reason": "不要了"}
CANCELLED = answered({
    **SETTLED, "status": "cancelled", "statusText": "已取消", "dueAmount": 0.00,
    "closedAt": "2026-11-21T06:40:00+00:00", "givenBackAt": "2026-11-21T06:40:00+00:00"})
