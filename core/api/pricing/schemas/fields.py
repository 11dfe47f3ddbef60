"""Field types of the pricing seed's wire: camelCase names, venues, instants, what a promotion
gives."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.api.fields import MAX_PAGE_SIZE, Input
from core.clock import day_ends, day_starts, zone
from core.money import Money, NotAnAmount
from core.pricing.codec import kept_from_share, share_from_kept
from core.pricing.kinds import ProductType
from core.pricing.promotion import Bundle, Coupon, VoucherCode

MOST_ID = 2**63 - 1


def camel(name: str) -> str:
    """`min_amount` is `minAmount` on the wire."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


class Camel(ma.Schema):
    """Fields are named as in Python here, in camelCase on the wire."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.data_key = camel(field_obj.data_key or field_name)


class CamelInput(Input, Camel):
    """The same for what comes in; unknown fields are ignored."""


class Id(fields.Integer):
    """A row's id; the seed's clients send it as a number or as digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(1, MOST_ID), **kwargs)


class Scenic(fields.Field[int]):
    """A venue's id; null stands for every venue."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, metadata={"type": "integer"}, **kwargs)

    def _serialize(self, value: int | None, attr: Any, obj: Any, **kwargs: Any) -> int | None:
        return value or None

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return 0
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        return _whole(value, 0)


class Face(fields.Field[str]):
    """A face id: text, or the number that the seed's clients send."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "example": "face-lin"}, **kwargs)

    def _serialize(self, value: str | None, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return face_of(value)


def face_of(value: object) -> str:
    """Raises ValidationError unless it is a whole number or 1 to 128 plain characters."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_ID:
        return str(value)
    if isinstance(value, str) and 0 < len(value) <= 128 and value.isprintable():
        return value
    raise ma.ValidationError("a face id")


class Instant(fields.Field[datetime]):
    """ISO date and time; without a zone it is the venues' own. A day alone is its beginning, or
    with `end` its end: an end date is still a good day (design section 4)."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self._end = end
        super().__init__(metadata={"type": "string", "format": "date-time"}, **kwargs)

    def _serialize(self, value: datetime | None, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        try:
            if len(value) == 10:
                day = date.fromisoformat(value)
                return day_ends(day) if self._end else day_starts(day)
            at = datetime.fromisoformat(value)
            return at if at.tzinfo else at.replace(tzinfo=zone())
        except (TypeError, ValueError, OverflowError) as error:
            raise ma.ValidationError("an ISO date, or date and time") from error


PRODUCT_TYPES = [str(one.code) for one in ProductType]


class ProductId(fields.Field[str]):
    """A product's id: text, or the number that the seed's clients send."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "example": "default"}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not is_product_id(value):
            raise ma.ValidationError("a product id")
        return str(value)


def is_product_id(value: object) -> bool:
    """Whether it is one to 64 plain characters."""
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable()


class TypeList(fields.Field[str]):
    """Product types: a JSON list, or the seed's text that holds one. Which types there are is
    for `core.pricing.codec` to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=True, metadata={
            "type": "array", "items": {"type": "string", "enum": PRODUCT_TYPES}}, **kwargs)

    def _serialize(self, value: str | None, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return as_list(value)

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return "[]"
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return as_text(value)


def gives(data: dict[str, Any], percent: bool) -> None:
    """`discount_value` becomes `amount_fen` or `kept`, whichever the kind of discount wants.

    Raises PromotionUnclear for a share that is none, ValidationError for an amount that is none.
    """
    if "discount_value" not in data:
        return
    value = data.pop("discount_value")
    data.update(amount_fen=None, kept=None)
    if value is None:
        return
    if percent:
        data["kept"] = kept_from_share(value, "discountValue")
        return
    try:
        data["amount_fen"] = Money.yuan(value)
    except NotAnAmount as error:
        raise ma.ValidationError("an amount in yuan", "discountValue") from error


def given(row: Any) -> Decimal | None:
    """The seed's `discountValue`: yuan, or the share kept such as 0.85."""
    if row.kept is not None:
        return share_from_kept(row.kept)
    amount: Money | None = row.amount_fen
    return None if amount is None else amount.to_yuan()


def worth(promotion: Bundle | Coupon | VoucherCode) -> Money | Decimal | None:
    """The same of a promotion as the engine knows it."""
    return promotion.amount if promotion.kept is None else share_from_kept(promotion.kept)


class Number(fields.Field[Any]):
    """A JSON number or digits, exactly as sent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "number", "example": 0.85}, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
            raise ma.ValidationError("a number")
        return value


class WithStatus(CamelInput):
    """`status` 1 or 0, or the seed's `isActive`."""

    status = fields.Integer(validate=validate.OneOf([0, 1]),
                            metadata={"description": "1 启用, 0 停用"})
    is_active = fields.Boolean()

    @ma.post_load
    def one_status(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        active = data.pop("is_active", None)
        if active is not None:
            data.setdefault("status", int(active))
        return data


class CamelPage(CamelInput):
    """`page` and `pageSize`; `pageNum` and `page_size` are aliases. At most 100 a page."""

    ALIASES = {"pageNum": "page", "page_size": "pageSize"}
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=20, validate=validate.Range(1, 10_000))

    @ma.post_load
    def cap(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        data["page_size"] = min(data["page_size"], MAX_PAGE_SIZE)
        return data


def _whole(value: Any, least: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_ID:
        raise ma.ValidationError("a whole number")
    return value


def as_text(value: Any) -> str:
    """A JSON list as its column keeps it. Raises ValidationError unless it is one or text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise ma.ValidationError("a list")
    return json.dumps(value, ensure_ascii=False, default=str)


def as_list(value: str | None) -> list[Any]:
    """What a column keeps; nothing where somebody wrote rubbish into it (P68)."""
    try:
        found = json.loads(value or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
