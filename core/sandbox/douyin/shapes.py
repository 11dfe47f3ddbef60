"""What a certificate looks like in prepare, get, query and the verification record."""

from __future__ import annotations

from typing import Any

from core.sandbox.records import Certificate, Use, per_use
from core.sandbox.world import World

CANCEL_WINDOW = 3600
"""One hour after the verification (douyin.md 3.4)."""

_STATUS = {"unused": 1, "partly_used": 1, "expired": 1, "used": 2, "refunded": 4, "refunding": 6}


def status_number(certificate: Certificate, at: float) -> int:
    """A times card stays 1 until every use is consumed; an expired one is still "unused"."""
    return _STATUS[certificate.status(at)]


def can_cancel(use: Use, at: float) -> bool:
    return use.cancelled_at is None and at - use.at < CANCEL_WINDOW


def amount(paid: int, original: int) -> dict[str, Any]:
    """Fen; the sandbox knows no platform subsidies."""
    return {"original_amount": original, "pay_amount": paid, "coupon_pay_amount": paid,
            "payment_discount_amount": 0, "merchant_ticket_amount": original - paid,
            "platform_discount_amount": 0, "list_market_amount": original,
            "brand_ticket_amount": 0, "origin_list_market_amount": original,
            "original_currency": ""}


def sku(world: World, certificate: Certificate) -> dict[str, Any]:
    known = world.sku("douyin", certificate.sku)
    return {"sku_id": known.deal_id if known else certificate.sku,
            "title": known.title if known else certificate.sku,
            "groupon_type": 3 if certificate.uses > 1 else 1,
            "market_price": certificate.original_fen, "sold_start_time": 1700000000,
            "third_sku_id": "", "account_id": world.douyin.account_id}


def time_card(certificate: Certificate) -> dict[str, Any]:
    if certificate.uses == 1:
        return {}
    originals = [certificate.original_fen // certificate.uses] * certificate.uses
    return {"time_card": {
        "times_count": certificate.uses, "times_used": certificate.used,
        "serial_amount_list": [
            {"serial_numb": number, "amount": amount(paid, max(original, paid))}
            for number, (paid, original) in enumerate(
                zip(per_use(certificate), originals, strict=True), 1)]}}


def verify_info(world: World, use: Use, at: float) -> dict[str, Any]:
    poi = next((poi.poi_id for poi in world.douyin.pois if poi.venue == use.venue), "")
    return {"verify_id": use.verify_id, "certificate_id": use.certificate_id,
            "verify_time": int(use.at), "can_cancel": can_cancel(use, at), "verify_type": 4,
            "verifier_unique_id": "开放平台API", "poi_id": poi, "times_card_serial_num": use.serial}


def certificate_object(world: World, certificate: Certificate, uses: list[Use], at: float, *,
                       encrypted_code: str, milliseconds: bool) -> dict[str, Any]:
    """get (milliseconds) and query (seconds), douyin.md 3.5. `uses` are the live ones."""
    unit = 1000 if milliseconds else 1
    shown: dict[str, Any] = {
        "encrypted_code": encrypted_code, "certificate_id": certificate.certificate_id,
        "status": status_number(certificate, at), "used_status_type": 0,
        "start_time": int(certificate.starts_at) * unit,
        "expire_time": (int(certificate.ends_at) - 1) * unit,
        "sku": sku(world, certificate),
        "amount": amount(certificate.paid_fen, certificate.original_fen),
        **time_card(certificate),
        "not_available_time_info": {"fulfil_enable": True}}
    if uses:
        records = [verify_info(world, use, at) for use in uses]
        shown["verify"] = records[-1]
        shown["verify_records"] = records
        if certificate.left == 0 and not any(record["can_cancel"] for record in records):
            shown["code"] = certificate.code
    return shown
