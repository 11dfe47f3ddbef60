"""Administration: what a chain sets up without a developer. One file per noun."""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.services.admin.audit_search import AuditSearch
from core.services.admin.class_sessions import ClassSessions
from core.services.admin.kiosks import Kiosks
from core.services.admin.platforms import Platforms
from core.services.admin.printers import Printers, Send
from core.services.admin.products import Products
from core.services.admin.sku_mappings import SkuMappings
from core.services.admin.staff import StaffAdmin
from core.services.admin.venues import Venues
from core.services.platform_ports import PlatformPorts
from core.services.sign_in import SignIn
from core.store.db import Store


@dataclass(frozen=True, slots=True)
class Administration:
    """Every noun of the administration."""

    platforms: Platforms
    venues: Venues
    products: Products
    skus: SkuMappings
    classes: ClassSessions
    staff: StaffAdmin
    kiosks: Kiosks
    printers: Printers
    audit: AuditSearch


def administration(store: Store, clock: Clock, sign_in: SignIn,
                   ports: PlatformPorts, send_slip: Send, *, here: bool) -> Administration:
    """The administration over one store. `here`: a printer may be on this machine."""
    return Administration(
        platforms=Platforms(store, clock, ports), venues=Venues(store, clock),
        products=Products(store, clock), skus=SkuMappings(store, clock),
        classes=ClassSessions(store, clock), staff=StaffAdmin(store, clock, sign_in),
        kiosks=Kiosks(store, clock, sign_in),
        printers=Printers(store, clock, send_slip, here=here), audit=AuditSearch(store))
