"""Douyin's stores (POI) of a merchant (shop/poi/query, douyin.md 5)."""

from __future__ import annotations

from typing import Any

from core.platforms.answer import items, needed, part, text, whole
from core.platforms.books import ListedShop, Merchant
from core.platforms.douyin_errors import NAME
from core.platforms.douyin_gateway import Gateway, Said

POIS = "/goodlife/v1/shop/poi/query/"
PAGE = 100


class DouyinShops:
    """`ShopDirectory`."""

    name = NAME

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def shops(self, merchant: Merchant) -> list[ListedShop]:
        found: list[ListedShop] = []
        page = 1
        while True:
            listed, count = self._gateway.get(POIS, {
                "account_id": merchant.account_id, "page": str(page), "size": str(PAGE)}, _page)
            found += listed
            page += 1
            if not listed or len(found) >= count:
                return found


def _page(data: dict[str, Any], said: Said) -> tuple[list[ListedShop], int]:
    return [_shop(item) for item in items(data, "pois")], whole(data, "total")


def _shop(item: dict[str, Any]) -> ListedShop:
    """Newer answers name the `root_account`, older ones `account.parent_account`."""
    poi = part(item, "poi")
    account = part(item, "root_account") or part(part(item, "account"), "parent_account")
    return ListedShop(needed(poi, "poi_id"), text(poi, "poi_name"), text(poi, "address"),
                      text(account, "account_id"))
