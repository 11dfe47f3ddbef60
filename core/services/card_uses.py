"""How many uses a certificate has, where the platform tells that only to whoever scans it.

Meituan's orders list the coupons of a times card like ordinary ones. What `prepare` shows of one
coupon holds for all of its SKU, so each new SKU is asked once, and only the coupons of times cards
are asked one by one. Read only: prepare changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.errors import PlatformError, VoucherError
from core.platforms.books import SoldCertificate
from core.services.pace import Pace
from core.services.platform_ports import PlatformPorts, shop_of
from core.store.catalogue import ShopRow
from core.store.certificates import Goods
from core.vouchers.certificate import Certificate, CertificateStatus


class CardUses:
    """For one batch of orders of one platform; threads share it. `learned`: SKU → uses."""

    def __init__(self, ports: PlatformPorts, shops: Callable[[], Sequence[ShopRow]],
                 goods: Mapping[str, Goods], pace: Pace) -> None:
        self._ports = ports
        self._shops = shops
        self._pace = pace
        self._lock = threading.Lock()
        self._uses = {sku: one.uses for sku, one in goods.items() if one.uses is not None}
        self.learned: dict[str, int] = {}

    def told(self, sku_id: str, sold: tuple[SoldCertificate, ...]) -> tuple[SoldCertificate, ...]:
        """The certificates with the uses that the order did not tell."""
        if all(one.uses_total is not None for one in sold):
            return sold
        return tuple(self._one(sku_id, one) for one in sold)

    def _one(self, sku_id: str, one: SoldCertificate) -> SoldCertificate:
        if one.uses_total is not None or one.status is not CertificateStatus.UNUSED or not sku_id:
            return one
        seen: Certificate | None = None
        with self._lock:  # one asks about a new SKU, the others wait for what is learned
            uses = self._uses.get(sku_id)
            if uses is None:
                seen = self._look(one)
                if seen is None:
                    return one
                uses = self._uses[sku_id] = self.learned[sku_id] = seen.uses_total
        if uses == 1:
            return one
        seen = seen or self._look(one)
        if seen is None:
            return replace(one, uses_total=uses)
        return replace(one, uses_total=seen.uses_total, uses_left=seen.uses_left)

    def _look(self, one: SoldCertificate) -> Certificate | None:
        """The certificate as a shop sees it; None when none of ours can tell now."""
        for shop in self._shops():
            self._pace.wait()
            try:
                return self._ports.look_up("sync.look_up", shop.platform_code,
                                           one.certificate_id, one.code or one.certificate_id,
                                           shop_of(shop))
            except VoucherError as refused:
                if refused.word != "wrong_venue":
                    return None
            except PlatformError:
                return None
        return None
