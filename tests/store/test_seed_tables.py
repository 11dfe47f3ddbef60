"""Tables, columns and indexes that the seeds name are there under their names (S11–S53, P248–P263);
amounts are whole fen (design section 4), so their names end in `_fen`."""

from __future__ import annotations

from typing import Any

import pytest

from core.config import Settings
from core.wiring import build
from tests.builders import ready

COLUMNS = {
    "third_party_platforms": (
        "id platform_name platform_code app_id app_secret api_url status config created_at "
        "updated_at"),
    "vouchers": (
        "id voucher_no platform_id platform_order_no voucher_type product_id product_name "
        "original_price_fen paid_price_fen user_phone user_name status expire_date verified_at "
        "verified_by user_id remark created_at updated_at"),
    "voucher_verification_logs": (
        "id voucher_id operation_type operator_id result_type result_id remark created_at"),
}
TABLES = (*COLUMNS, "price_product_config", "price_tier_config", "price_bundle_config",
          "price_coupon_config", "price_coupon_claim_record", "price_voucher_batch_config",
          "price_voucher_code", "price_voucher_usage_record", "voucher_print_record",
          "price_one_price_config")
INDEXES = {
    "idx_voucher_no": ("vouchers", ["voucher_no"], False),
    "idx_platform_order_no": ("vouchers", ["platform_order_no"], False),
    "idx_user_phone": ("vouchers", ["user_phone"], False),
    "idx_status": ("vouchers", ["status", "created_at"], False),
    "idx_voucher_id": ("voucher_verification_logs", ["voucher_id"], False),
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


@pytest.mark.parametrize("table", COLUMNS)
def test_the_columns_keep_their_names(database: Any, table: str) -> None:
    there = {column.name for column in database.get_columns(table)}
    assert set(COLUMNS[table].split()) <= there


@pytest.mark.parametrize("name", INDEXES)
def test_the_indexes_keep_their_names_and_columns(database: Any, name: str) -> None:
    table, columns, unique = INDEXES[name]
    found = {one.name: one for one in database.get_indexes(table)}
    assert (found[name].columns, bool(found[name].unique)) == (columns, unique)
