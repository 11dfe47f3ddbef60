"""The two places where the pricing seed's wire differs from our values: names and statuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.api.pricing.schemas.fields import camel
from core.errors import InvalidInput, PromotionUnclear

_NAMES = {
    "kept": "discountValue", "amount": "discountValue", "minimum": "minAmount",
    "cap": "maxDiscount", "price": "onePrice", "starts": "validFrom", "ends": "validUntil",
    "combination": "bundleProducts", "product_types": "applicableProducts",
    "min_types": "minProductTypes", "name": "name",
}


@contextmanager
def wire_names() -> Iterator[None]:
    """Errors name fields as the caller wrote them."""
    try:
        yield
    except PromotionUnclear as error:
        field = str(error.facts.get("field", "")).removesuffix("_fen")
        head, dot, rest = field.partition(".")
        error.facts["field"] = _NAMES.get(head, camel(head)) + dot + rest
        raise


def status_of(*sent: dict[str, Any]) -> int:
    """The status that was sent, in the body or the query (P109). Raises InvalidInput."""
    for one in sent:
        if "status" in one:
            return int(one["status"])
    raise InvalidInput(errors={"status": ["Missing data for required field."]})
