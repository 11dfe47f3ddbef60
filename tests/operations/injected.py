"""Differences between the two books, made the way they come about in a shop."""

from __future__ import annotations

from core.money import Money
from core.platforms.base import Consumption, Shop
from core.services.platform_ports import shop_of
from core.services.redeem import RedemptionView
from core.services.undo import cancellation
from core.store import catalogue, redemptions
from core.store.tables import RedemptionUse
from core.vouchers.reading import Candidate, Form
from tests.builders import Bought, Chain


def shop(chain: Chain, platform: str) -> Shop:
    with chain.store.connection():
        found = catalogue.shop(platform, chain.binjiang)
    assert found is not None
    return shop_of(found)


def at_their_till(chain: Chain, bought: Bought) -> None:
    """Somebody redeems it in the platform's own app: we never hear of it."""
    ports = chain.services.redeem._ports
    here = shop(chain, bought.platform)
    prepared = ports.prepare("test", bought.platform,
                             Candidate(bought.platform, Form.CODE, bought.code), here)
    (one,) = prepared.certificates
    ports.consume("test", bought.platform, Consumption(
        key=f"till-{bought.certificate_id}"[:64], verify_token=prepared.verify_token,
        certificate_id=one.certificate_id, handle=one.handle, order_id=one.order_id,
        sku_id=one.sku_id, uses=1, operator="till", operator_name="till",
        first_tried_at=chain.clock.now()), here)


def cancelled_there(chain: Chain, done: RedemptionView) -> None:
    """Somebody cancels our verification in the platform's own app."""
    with chain.store.connection():
        row = redemptions.by_ref(done.ref)
        assert row is not None
        asked = cancellation(row)
    chain.services.redeem._ports.cancel("test", done.platform, asked, shop(chain, done.platform))


def cancelled_here(chain: Chain, done: RedemptionView) -> None:
    """Our journal says undone, the platform says redeemed."""
    with chain.store.connection():
        RedemptionUse.update(cancelled_at=chain.clock.now()).where(
            RedemptionUse.redemption == chain.row(done).id).execute()


def lost_there(chain: Chain, done: RedemptionView) -> None:
    """Our journal names a verification that the platform does not have, and the other way."""
    with chain.store.connection():
        RedemptionUse.update(verify_id=f"lost-{done.ref}").where(
            RedemptionUse.redemption == chain.row(done).id).execute()


def other_amount(chain: Chain, done: RedemptionView, fen: int) -> None:
    with chain.store.connection():
        RedemptionUse.update(amount_fen=Money(fen)).where(
            RedemptionUse.redemption == chain.row(done).id).execute()
