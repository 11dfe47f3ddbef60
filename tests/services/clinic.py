"""The chain over a platform in memory, whose next answers a test writes."""

from __future__ import annotations

from datetime import timedelta

from core.services.platform_ports import PlatformPorts
from core.services.redeem import Redeem, RedeemRequest, RedemptionView
from core.services.settle import Settle
from core.store.tables import Platform, SkuMapping
from core.store.vault import KeyVault
from core.wiring import redemption
from tests.builders import PHONE, Chain
from tests.fakes.platform import ScriptedPlatform

CODE = "612232529041989"


class Clinic:
    """The chain with a platform in memory, whose next answers a test writes."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        settings = chain.services.settings
        self.platform = ScriptedPlatform(chain.clock)
        with chain.store.connection():
            sku = SkuMapping.get(SkuMapping.product == chain.products["month_card"])
            douyin = Platform.get(Platform.platform_code == "douyin")
            SkuMapping.update(platform=douyin).where(SkuMapping.id == sku.id).execute()
        self.platform.sell(CODE, sku.sku_id)
        ports = PlatformPorts({"douyin": self.platform}.get, chain.store)
        self.redeem: Redeem
        self.settle: Settle
        self.redeem, self.settle = redemption(
            settings, chain.store, KeyVault(settings.data_key, settings.secret_keys), chain.clock,
            ports, chain.nudged.append)

    def ask(self) -> RedemptionView:
        return self.redeem.request(RedeemRequest(code=CODE, phone=PHONE), self.chain.clerk,
                                   platform="douyin")

    def wait(self, seconds: float) -> None:
        self.chain.clock.shift += timedelta(seconds=seconds)

    def now(self, view: RedemptionView) -> RedemptionView:
        return self.redeem.view(view.ref, self.chain.clerk)
