"""The pricing seed's enums, each with its stored code and its Chinese name (rows P55–P59)."""

from __future__ import annotations

from enum import Enum
from typing import Self

from core.errors import PricingError


class Coded(Enum):
    """An enum whose value is the code kept in tables and on the wire."""

    description: str
    __hash__ = object.__hash__
    """Members are single objects. Enum's own hash is written in Python, too slow for pricing."""

    def __new__(cls, code: str | int, description: str) -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member.description = description
        return member

    @property
    def code(self) -> str | int:
        value: str | int = self.value
        return value

    @classmethod
    def from_code(cls, code: object) -> Self:
        """The member of a stored or received code. Raises PricingError `unknown_code`."""
        for member in cls:
            if member.value == code and type(member.value) is type(code):
                return member
        raise PricingError("unknown_code", kind=cls.__name__, value=str(code)[:40])


class ProductType(Coded):
    """What a photo shop sells (P131–P135). A new type is a new member here and a default price."""

    VLOG_VIDEO = "VLOG_VIDEO", "Vlog视频"
    RECORDING_SET = "RECORDING_SET", "录像集"
    PHOTO_SET = "PHOTO_SET", "照相集"
    PHOTO_PRINT = "PHOTO_PRINT", "照片打印"
    MACHINE_PRINT = "MACHINE_PRINT", "一体机打印"


class BundleDiscountType(Coded):
    """What a bundle gives (P202–P204)."""

    FIXED_DISCOUNT = "FIXED_DISCOUNT", "固定减免"
    PERCENTAGE_DISCOUNT = "PERCENTAGE_DISCOUNT", "百分比折扣"
    FIXED_PRICE = "FIXED_PRICE", "固定套餐价格"


class CouponType(Coded):
    PERCENTAGE = "percentage", "折扣券"
    FIXED_AMOUNT = "fixed_amount", "满减券"


class CouponStatus(Coded):
    """Of one member's claimed coupon."""

    CLAIMED = "claimed", "已领取"
    USED = "used", "已使用"
    EXPIRED = "expired", "已过期"


class VoucherDiscountType(Coded):
    """What an own voucher code gives (P144–P146)."""

    FREE_ALL = 0, "全场免费"
    REDUCE_PRICE = 1, "商品降价"
    DISCOUNT = 2, "商品打折"


class VoucherCodeStatus(Coded):
    """Of an own voucher code; the allowed moves are decision Q6.

    The seed's CLAIMED_UNUSED and CLAIMED_AVAILABLE share the number 1 and are one state.
    """

    UNCLAIMED = 0, "未领取"
    CLAIMED_AVAILABLE = 1, "可使用"
    USED = 2, "已使用"
    CLAIMED_EXHAUSTED = 3, "已用完"
    EXPIRED = 4, "已过期"

    CLAIMED_UNUSED = 1, "可使用"
