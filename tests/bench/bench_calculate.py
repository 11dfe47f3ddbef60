"""`POST /api/pricing/calculate` (design section 8). Run: python -m tests.bench.bench_calculate

The pricing seed's cart of five lines, priced by the demo's promotions, coupons and codes in the
database for a member who holds some; against an empty JSON route of the same server. Once as a
photo counter sees it, where most carts are alike, and once with no cart like another. In turns,
so that whatever else the machine does meanwhile slows all three.
"""

from __future__ import annotations

from itertools import product
from statistics import median
from typing import Any

from tests.bench.http_load import Client, Load, empty, load, serving

TYPES = ("PHOTO_SET", "VLOG_VIDEO", "RECORDING_SET", "PHOTO_PRINT", "MACHINE_PRINT")
USUAL = 40
ROUNDS = 9
COUNT = 1200
"""Prices of usual carts in a round, and empty answers; carts that are all different are fewer."""
DIFFERENT = 300


def cart(*quantities: int) -> dict[str, Any]:
    return {"scenicId": 1, "products": [
        {"productType": kind, "productId": "default", "quantity": quantity}
        for kind, quantity in zip(TYPES, quantities, strict=True)]}


def told(name: str, rounds: list[tuple[Load, Load]]) -> None:
    """Medians over the rounds of (priced, empty)."""
    share = 100 * median(priced.rate / plain.rate for priced, plain in rounds)
    rate, bare, cpu, bare_cpu = (median(figures) for figures in (
        [priced.rate for priced, _ in rounds], [plain.rate for _, plain in rounds],
        [priced.cpu_ms for priced, _ in rounds], [plain.cpu_ms for _, plain in rounds]))
    late = median(priced.percentile(0.99) for priced, _ in rounds)
    print(f"{name}: {rate:.0f} prices/s, empty JSON {bare:.0f}/s: {share:.0f} % (target 50 %); "
          f"server CPU {cpu:.2f} against {bare_cpu:.2f} ms; p99 {late:.0f} ms")


def main() -> None:
    carts = [cart(*quantities) for quantities in product(range(1, 6), repeat=5)]
    with serving(0) as shop:
        member = shop.demo["members"][0]["token"]

        def price(client: Client, wanted: dict[str, Any]) -> None:
            answer = client.call("POST", "/api/pricing/calculate", wanted, member)["data"]
            assert answer["finalAmount"] < answer["originalAmount"], answer

        load(shop, carts[:USUAL] * 5, price)
        empty(shop, COUNT)
        usual, different = [], []
        for number in range(ROUNDS):
            plain = empty(shop, COUNT)
            usual.append((load(shop, carts[:USUAL] * (COUNT // USUAL), price), plain))
            first = USUAL + number * DIFFERENT
            different.append((load(shop, carts[first:first + DIFFERENT], price), plain))
        told("usual carts", usual)
        told("all different", different)


if __name__ == "__main__":
    main()
