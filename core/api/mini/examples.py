"""What the operations of the members' door look like on the wire, for the OpenAPI document."""

from __future__ import annotations

from typing import Any


def answered(data: Any) -> dict[str, Any]:
    """An answer with its envelope."""
    return {"code": 200, "message": "success", "data": data, "request_id": "8f14e45fceea167a"}


def page(*items: Any) -> dict[str, Any]:
    """The only page of a list, with its envelope."""
    return answered({"items": list(items), "total": len(items), "page": 1, "page_size": 20})


NOTHING = answered({})
VENUE = {"id": 1, "name": "青屿健身 滨江店", "address": "滨江区江南大道 228 号"}
SIGNED_IN, ENDS = "2026-11-24T09:30:00+00:00", "2026-12-24T09:30:00+00:00"

LOGIN = {"code": "0a3Xq8Ga1Tn7vK0"}
JOINED = answered({"token": "pR0l3Xo3n7kC9yq1hVwq2cW8Zt5uJb6e", "expires_at": ENDS,
                   "member_id": 42, "fresh": False, "phone_verified": True})
PHONE = {"code": "e31968a7f94cc5ee25fafc2aef2773f0bb8c3937"}
PROFILE = answered({
    "id": 42, "name": "林知夏", "phone": "138****8000", "phone_verified": True,
    "joined_at": SIGNED_IN, "platforms": ["wechat_mini", "douyin_mini"], "faces": 1})
RENAME = {"name": "林知夏"}
SESSIONS = answered([{
    "id": 7, "door": "mini", "agent": "MicroMessenger/8.0.50", "signed_in_at": SIGNED_IN,
    "expires_at": ENDS, "current": True}])
CARDS = page({
    "id": 12, "product_name": "健身月卡 30 天", "venue": VENUE, "status": "usable",
    "starts_on": "2026-11-24", "ends_on": "2026-12-24", "days_left": 30, "visits": 3})
COURSES = page({
    "id": 5, "product_name": "私教课 10 节", "family": "coach", "venue": VENUE,
    "status": "usable", "uses_total": 10, "uses_left": 8, "ends_on": "2027-05-23",
    "days_left": 180})

VENUES = answered([{**VENUE, "brand": "青屿健身", "phone": "0571-8800 0000",
                    "zone": "Asia/Shanghai"}])
CLASSES = answered([{
    "id": 9, "title": "流瑜伽", "family": "group", "coach": "周岚", "venue": VENUE,
    "starts_at": "2026-11-25T10:30:00+00:00", "ends_at": "2026-11-25T11:30:00+00:00",
    "seats_left": 4, "booking_id": None, "bookable": True}])
SEAT = {
    "id": 31, "session_id": 9, "title": "流瑜伽", "coach": "周岚", "venue": VENUE,
    "starts_at": "2026-11-25T10:30:00+00:00", "ends_at": "2026-11-25T11:30:00+00:00",
    "status": "booked", "paid_with": "voucher", "course_id": None,
    "cancel_until": "2026-11-25T08:30:00+00:00"}
BOOKINGS = page(SEAT)
BOOK = {"session_id": 9}
BOOKING = answered(SEAT)
GIVEN_BACK = answered({**SEAT, "status": "to_rebook", "cancel_until": None})

INSPECT = {"venue_id": 1, "code": "1234 5678 9012"}
SEALED = "gAAAAABnQx…"
CHOICE = {
    "choice": "renew:12", "result_type": 2, "title": "续上我的卡，健身月卡 30 天",
    "gives": "多 30 天，到 2027-01-23", "days": 30, "gives_uses": None, "before": "2026-12-24",
    "after": "2027-01-23", "session_title": "", "coach": "", "ends_at": None,
    "recommended": True, "enabled": True, "why_not": None, "session_id": None,
    "seats_left": None, "starts_at": None}
PERSON = {"id": 42, "name": "林**", "phone": "138****8000", "known": True}
INSPECTION = answered({"inspection": SEALED, "certificates": [{
    "certificate": 0, "platform": "meituan", "platform_name": "美团", "kind": "card",
    "voucher_type": 1, "product_name": "健身月卡 30 天", "code_masked": "1234****12",
    "code_tail": "9012", "original_price": 299.00, "paid_price": 199.00,
    "user_phone": "138****8000", "user_name": "林**", "status": 1, "status_text": "未核销",
    "expire_date": "2027-02-22", "days_left": 90, "uses_total": 1, "uses_left": 1,
    "venues": [VENUE], "needs_phone": False, "member": PERSON, "choices": [CHOICE],
    "sibling": False}]})
REDEEM = {"venue_id": 1, "inspection": SEALED, "certificate": 0, "choice": "renew:12"}
WAITING = {
    "ref": "RK7Q2M9XWB4HCT6ZP", "ticket": "H 0372", "state": "awaiting_staff",
    "state_text": "等店员确认", "settled": False, "platform": "meituan",
    "platform_name": "美团", "product_name": "健身月卡 30 天", "voucher_id": 88,
    "code_masked": "1234****12", "code_tail": "9012", "voucher_status": 5,
    "status_text": "核销中", "venue": VENUE, "member": PERSON, "uses": 1, "uses_left": 1,
    "choice": {"result_type": 2, "title": "续上我的卡，健身月卡 30 天",
               "gives": "多 30 天，到 2027-01-23", "before": "2026-12-24",
               "after": "2027-01-23", "session_title": "", "starts_at": None},
    "paid_price": 199.00, "door": "mini", "created_at": SIGNED_IN, "moved_at": SIGNED_IN,
    "expires_at": "2026-11-24T09:40:00+00:00", "waiting_seconds": 3, "attempts": 0,
    "next_try_at": None, "confirmed_by": None, "staff_told": ["林小满"], "result": None,
    "error": None, "reason": None, "undo": {"possible": False, "until": None}, "certificates": []}
REDEMPTION = answered(WAITING)
HISTORY = page(WAITING)

TEMPLATE = "vQz1x0cJ1m7pP8yQ2bN3kLrT6sWdXeUfGhIjKlMnOpQ"
CONSENTS = answered([{"template_id": TEMPLATE, "left": 2}])
ALLOW = {"accepted": [TEMPLATE]}

FACES = answered([{"id": 17, "face_id": "face-lin", "since": SIGNED_IN}])
FACE_CODE = {"code": "FK7Q2M9XWB4H"}
FACE_OFFER = {"face_id": "face-lin"}
FACE_CODE_MADE = answered({"code": "FK7Q2M9XWB4H", "expires_at": "2026-11-24T09:40:00+00:00"})
OWN_DATA = answered({
    "exported_at": "2026-11-24T09:45:00+00:00", "id": 42, "name": "林知夏",
    "phone": "13800138000", "phone_verified_at": SIGNED_IN, "joined_at": SIGNED_IN,
    "identities": [{"kind": "wechat_mini", "app_id": "wx0123456789abcdef",
                    "external_id": "oGZUI0egBJY1zhBYw2KhdUfwVJJE", "since": SIGNED_IN}],
    "sessions": SESSIONS["data"], "notices": [
        {"kind": "wechat_mini", "template_id": TEMPLATE, "left": 2}],
    "cards": CARDS["data"]["items"], "courses": COURSES["data"]["items"], "bookings": [SEAT],
    "redemptions": [WAITING], "coupons": [], "codes": [], "orders": []})
OFFERS = page({
    "coupon_id": 3, "name": "新会员减 20", "coupon_type": "fixed_amount", "discount_value": 20.00,
    "min_amount": 100.00, "max_discount": None, "valid_until": ENDS, "left": 1})
