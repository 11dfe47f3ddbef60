"""`POST /api/pricing/calculate` (design section 8). Run: python -m tests.bench.bench_calculate

The pricing seed's cart of five lines, priced by the demo's promotions, coupons and codes in the
database for a member who holds some; against an empty JSON route of the same server. Once as a
photo counter sees it, where most carts are alike, and once with no cart like another.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.bench.http_load import Client, Load, empty, load, serving

TYPES = ("PHOTO_SET", "VLOG_VIDEO", "RECORDING_SET", "PHOTO_PRINT", "MACHINE_PRINT")
USUAL = 40
COUNT = 4000


def cart(*quantities: int) -> dict[str, Any]:
    return {"scenicId": 1, "products": [
        {"productType": kind, "productId": "default", "quantity": quantity}
        for kind, quantity in zip(TYPES, quantities, strict=True)]}


def told(name: str, priced: Load, plain: Load) -> None:
    print(f"{name}: {priced.rate:.0f} prices/s, empty JSON {plain.rate:.0f}/s: "
          f"{100 * priced.rate / plain.rate:.0f} % (target 50 %); server CPU {priced.cpu_ms:.2f} "
          f"against {plain.cpu_ms:.2f} ms; "
          f"p99 {priced.percentile(0.99):.0f} ms")


def main() -> None:
    carts = [cart(*quantities) for quantities in product(range(1, 6), repeat=5)]
    with serving(0) as shop:
        member = shop.demo["members"][0]["token"]

        def price(client: Client, wanted: dict[str, Any]) -> None:
            answer = client.call("POST", "/api/pricing/calculate", wanted, member)["data"]
            assert answer["finalAmount"] < answer["originalAmount"], answer

        load(shop, carts[:USUAL], price)
        plain = empty(shop)
        told("usual carts", load(shop, carts[:USUAL] * (COUNT // USUAL), price), plain)
        told("all different", load(shop, carts[USUAL:], price), plain)


if __name__ == "__main__":
    main()
