"""Tables and indexes that the pricing seed names are there under its names (P248–P263)."""

from __future__ import annotations

from typing import Any

import pytest

from core.config import Settings
from core.wiring import build
from tests.builders import ready

TABLES = ("price_product_config", "price_tier_config", "price_bundle_config",
          "price_coupon_config", "price_coupon_claim_record", "price_voucher_batch_config",
          "price_voucher_code", "price_voucher_usage_record", "voucher_print_record",
          "price_one_price_config")
INDEXES = {
    "idx_voucher_code": ("price_voucher_code", ["code"], True),
    "idx_face_scenic": ("price_voucher_code", ["face_id", "scenic_id"], False),
    "idx_scenic_broker": ("price_voucher_batch_config", ["scenic_id", "broker_id"], False),
    "idx_usage_code": ("price_voucher_usage_record", ["voucher_code"], False),
    "idx_usage_face_scenic": ("price_voucher_usage_record", ["face_id", "scenic_id"], False),
    "idx_print_face_scenic": ("voucher_print_record", ["face_id", "scenic_id"], False),
}


@pytest.fixture
def database(settings: Settings) -> Any:
    ready(settings)
    store = build(settings).store
    with store.connection():
        yield store.database
    store.close()


def test_the_tables_keep_their_names(database: Any) -> None:
    assert set(TABLES) <= set(database.get_tables())


@pytest.mark.parametrize("name", INDEXES)
def test_the_indexes_keep_their_names_and_columns(database: Any, name: str) -> None:
    table, columns, unique = INDEXES[name]
    found = {one.name: one for one in database.get_indexes(table)}
    assert (found[name].columns, bool(found[name].unique)) == (columns, unique)
