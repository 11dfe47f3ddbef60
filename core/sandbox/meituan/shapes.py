"""What a Meituan coupon looks like on the wire (meituan.md 2.4). Money is yuan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.clock import zone
from core.ids import mask_phone
from core.money import Money
from core.sandbox.records import Certificate, Order, per_use
from core.sandbox.world import World

GROUP_BUY, TIMES_CARD, TIMES_CARD_IN_LOG = 0, 205, 201
"""`bizType`: prepare and consume say 205 for a times card, the verification log 201."""


def yuan(fen: int) -> float:
    return float(Money(fen).to_yuan())


def yuan_text(fen: int) -> str:
    return str(Money(fen).to_yuan())


def moment(at: float) -> str:
    """`yyyy-MM-dd HH:mm:ss`, Beijing time."""
    return f"{datetime.fromtimestamp(at, zone()):%Y-%m-%d %H:%M:%S}"


def biz_type(one: Certificate) -> int:
    return TIMES_CARD if one.uses > 1 else GROUP_BUY


def deal(world: World, one: Certificate) -> dict[str, Any]:
    """Which package: `dealId`, title and prices; the group id has two spellings."""
    sku = world.sku("meituan", one.sku)
    return {"dealId": int(sku.deal_id) if sku else 0,
            "dealTitle": sku.title if sku else one.sku,
            "dealPrice": yuan(one.paid_fen), "dealMarketPrice": yuan(one.original_fen),
            "productType": 0, "productItemId": 0}


def group_id(world: World, one: Certificate) -> int:
    sku = world.sku("meituan", one.sku)
    return int(sku.group_id) if sku else 0


def purchase(one: Certificate, order: Order) -> dict[str, Any]:
    """What prepare and consume both say beside the package. The payment is the whole order's."""
    return {
        "orderId": order.order_id, "mobile": mask_phone(order.phone), "bizType": biz_type(one),
        "paymentDetail": [{"paymentDetailId": f"{order.order_id}01", "amountType": 10,
                           "amount": yuan_text(order.paid_fen * order.quantity)}],
        "tgTimesCardFlag": one.uses > 1,
        "purchaseToConsumeRatio": str(one.uses) if one.uses > 1 else "",
        "timesCardUnitPrice": yuan_text(per_use(one)[0]) if one.uses > 1 else "",
        "platformAmount": "0.00", "merchantAmount": "0.00", "additionItemInfos": []}
