"""An item of a cart is read the quick way or the long one, with the same result."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.pricing.schemas.fields import PRODUCT_TYPES
from core.api.pricing.schemas.price import CalculateInput, ProductItem, request_of
from core.pricing.promotion import MAX_COUNT
from tests.api.pricing.desk import cart

odd = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=70),
                st.lists(st.integers(), max_size=2))
items = st.fixed_dictionaries({}, optional={
    "productType": st.one_of(st.sampled_from(PRODUCT_TYPES), odd),
    "productId": st.one_of(st.text(max_size=70), st.integers(), odd),
    "quantity": st.one_of(st.integers(-1, MAX_COUNT + 1), st.just(2.0), st.just("3"), odd),
    "productName": odd})


def read(load: Any, sent: Any) -> Any:
    try:
        return load(sent)
    except ma.ValidationError as error:
        return error.messages


@given(st.one_of(items, odd))
def test_both_ways_read_the_same(sent: Any) -> None:
    item = ProductItem()
    long_way = super(ProductItem, item).load
    assert read(item.load, sent) == read(long_way, sent)


def test_an_item_names_at_least_its_type() -> None:
    loaded = ProductItem().load({"productType": PRODUCT_TYPES[0]})
    assert loaded == {"product_type": PRODUCT_TYPES[0], "product_id": "default", "quantity": 1}


def test_what_is_wrong_is_told_by_its_place_in_the_cart() -> None:
    sent = cart((PRODUCT_TYPES[0], 1), (PRODUCT_TYPES[1], 0), scenicId=1)
    with pytest.raises(ma.ValidationError) as refused:
        CalculateInput().load(sent)
    assert list(refused.value.messages_dict["products"]) == [1]


def test_the_whole_cart_arrives() -> None:
    sent = cart(*((kind, number + 1) for number, kind in enumerate(PRODUCT_TYPES)), scenicId=1)
    asked = request_of(CalculateInput().load(sent))
    assert [(str(one.product_type.code), one.quantity) for one in asked.products] \
        == [(kind, number + 1) for number, kind in enumerate(PRODUCT_TYPES)]
