"""A SKU that nobody mapped to a product: the certificate stays unburnt, staff get one task."""

from __future__ import annotations

from core.clock import Clock
from core.errors import VoucherError
from core.ids import mask_code
from core.services import alarm
from core.services.actor import Actor
from core.services.ticket import task_ticket
from core.store import audit, catalogue, tasks
from core.store.catalogue import Connected
from core.store.db import Store
from core.vouchers.certificate import Certificate

KIND = "map_sku"


class Unmapped:
    """Tells staff once per SKU, however many members bring it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def met(self, certificate: Certificate, shop: Connected, actor: Actor) -> VoucherError:
        """The error to raise; its facts carry the task's ticket and the SKU's title."""
        at = self._clock.now()
        facts = {"platform": certificate.platform, "platform_name": shop.platform_name,
                 "sku_id": certificate.sku_id, "title": certificate.title,
                 "code": mask_code(certificate.code or certificate.certificate_id)}

        def tell() -> int:
            mapping = catalogue.met_unmapped(shop.platform_id, certificate.sku_id,
                                             certificate.title, at)
            task, fresh = tasks.open_task(
                KIND, f"{certificate.platform}:{certificate.sku_id}", venue_id=shop.venue_id,
                subject_kind="sku_mapping", subject_id=mapping.id, facts=facts, at=at)
            if fresh:
                audit.add(actor, "task.opened", "task", task.id, at, venue_id=shop.venue_id,
                          to_state="open", **facts)
                alarm.sound(KIND, f"{certificate.platform}:{certificate.sku_id}",
                            venue_id=shop.venue_id, facts=facts, at=at, task_id=task.id,
                            ticket=task_ticket(task.id))
            return int(task.id)

        ticket = task_ticket(self._store.transact("inspect.unmapped", tell))
        return VoucherError("unmapped_sku", ticket=ticket, title=certificate.title)
