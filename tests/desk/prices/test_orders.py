"""An order made at a kiosk waits at the desk, and a clerk takes its money once."""

from __future__ import annotations

from core.pricing.kinds import ProductType
from core.services.pricing.price import PriceRequest, Wanted
from core.store.tables import PriceOrder, PriceVoucherCode
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk
from tests.desk.prices.conftest import PhotoShop

LIST = "/desk/prices/orders"


def order(chain: Chain, shop: PhotoShop, codes: tuple[str, ...] = ()) -> PriceOrder:
    """Two photo sets, chosen at the kiosk."""
    made = chain.services.pricing.checkout.settle(
        PriceRequest((Wanted(ProductType.PHOTO_SET, "default", 2),), voucher_codes=codes),
        chain.kiosk)
    return chain.rows(PriceOrder, PriceOrder.id == made)[0]


def test_it_is_counted_beside_the_menu_paid_once_and_gone_from_there(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    row = order(chain, shop)
    assert '"orders": 1' in clerk.text("/desk/now")
    page = clerk.text(LIST)
    assert row.order_no[-4:] in page and "照相集 × 2" in page and "¥256.00" in page
    assert "收到了 ¥256.00" in clerk.text(f"{LIST}/{row.order_no}")
    assert "已付" in clerk.send(f"{LIST}/{row.order_no}/pay").text
    again = clerk.send(f"{LIST}/{row.order_no}/pay")
    assert again.status_code == 409 and "已经付过了" in again.text
    assert '"orders": 0' in clerk.text("/desk/now")


def test_a_cancelled_one_gives_its_code_back(
        clerk: Browser, chain: Chain, shop: PhotoShop) -> None:
    batch = shop.batch(on_paper=True)
    code = chain.rows(PriceVoucherCode, PriceVoucherCode.batch == batch.id)[0]
    row = order(chain, shop, (code.code,))
    page = clerk.text(f"{LIST}/{row.order_no}")
    assert "开业券" in page and "−¥38.40" in page and "¥217.60" in page
    assert "没买成" in clerk.send(f"{LIST}/{row.order_no}/cancel").text
    (kept,) = chain.rows(PriceVoucherCode, PriceVoucherCode.id == code.id)
    assert kept.status == code.status


def test_another_venues_clerk_does_not_find_it(
        desk: Desk, chain: Chain, shop: PhotoShop) -> None:
    row = order(chain, shop)
    other = desk.of(chain.western_clerk)
    assert other.open(f"{LIST}/{row.order_no}").status_code == 404
    assert other.send(f"{LIST}/{row.order_no}/pay").status_code == 404
    assert row.order_no[-4:] not in other.text(LIST)
    assert chain.rows(PriceOrder, PriceOrder.id == row.id)[0].paid_at is None
