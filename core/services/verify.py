"""Consume a certificate at its platform, and have the outcome written down.

Shared by the door that confirms and by the doctor that repeats. The platform is called outside
any transaction; the outcome is one transaction (design section 3, steps 5 and 6).
"""

from __future__ import annotations

from collections.abc import Callable

from core.clock import Clock
from core.errors import (
    PlatformBusy,
    PlatformMisconfigured,
    PlatformRefused,
    PlatformUnknown,
    VoucherError,
)
from core.platforms.base import Consumed, Shop
from core.services.actor import Actor
from core.services.along import decided, rest_refused
from core.services.grant import Grants
from core.services.outcome import Outcome, Refusal, Unsure, consumption
from core.services.platform_ports import PlatformPorts, shop_of
from core.services.record import Record
from core.store import catalogue, redemptions
from core.store.db import Store
from core.store.tables import Redemption
from core.vouchers.reading import Candidate, Form

TOKEN_FORGOTTEN = "verify_token_refused"
"""Reason of a PlatformRefused: the platform knows this verify_token no more."""
GONE = frozenset({"already_redeemed", "refunded", "refunding"})


class Verify:
    """Asks; `record` keeps what came of it."""

    def __init__(self, store: Store, ports: PlatformPorts, clock: Clock, grants: Grants,
                 nudge: Callable[[str], None]) -> None:
        self._store = store
        self._ports = ports
        self._records = Record(store, clock, grants, nudge)

    def ask(self, row: Redemption, *, repeat: bool) -> Outcome:
        """Ask the platform to consume. With `repeat` an earlier try may have succeeded, so it is
        asked what became of that first."""
        others = redemptions.along(row)
        try:
            shop = self._shop(row)
            outcome = (self._earlier(row, others, shop) if repeat else None) \
                or self._consume(row, others, shop)
        except (VoucherError, PlatformRefused) as refused:
            return Refusal(refused.word, dict(refused.facts), refused.log_id)
        except PlatformMisconfigured as error:
            if repeat:
                return Unsure(error.word, error.log_id)
            return Refusal(error.word, dict(error.facts), error.log_id, authorise=True)
        except (PlatformBusy, PlatformUnknown) as error:
            return Unsure(error.word, error.log_id)
        if isinstance(outcome, Consumed) and not decided(consumption(row, others), outcome):
            # Only a part shows (yet): granting the whole or nothing would both be wrong.
            return Unsure("partly_consumed", outcome.log_id)
        return outcome

    def _earlier(self, row: Redemption, others: list[Redemption], shop: Shop) -> Outcome | None:
        """What became of an earlier try; None: surely nothing yet, or not of all certificates.
        Only words about where the certificate went count as a no here: any other refusal speaks
        of the question."""
        wanted = consumption(row, others)
        try:
            found = self._ports.find("verify.find", row.platform.platform_code, wanted, shop)
            # Of several, an identical repetition tells about those that find left open.
            return found if found is None or not others or decided(wanted, found) else None
        except (VoucherError, PlatformRefused) as refused:
            if refused.word in GONE:
                raise
            return Unsure(refused.word, refused.log_id)

    def _shop(self, row: Redemption) -> Shop:
        shop = catalogue.shop(row.platform.platform_code, row.venue_id)
        if shop is None:
            raise PlatformMisconfigured(row.platform.platform_code, reason="not_connected")
        return shop_of(shop)

    def _consume(self, row: Redemption, others: list[Redemption], shop: Shop) -> Consumed:
        """Consume; when the platform has forgotten the prepare, prepare again and consume that."""
        platform, wanted = row.platform.platform_code, consumption(row, others)
        try:
            return self._ports.consume("verify.consume", platform, wanted, shop)
        except PlatformRefused as refused:
            if refused.facts.get("reason") != TOKEN_FORGOTTEN:
                raise
        found = self._ports.find("verify.find", platform, wanted, shop)
        if found is not None:
            return found if decided(wanted, found) else rest_refused(wanted, found)
        self._prepare_again(row, others, shop)
        return self._ports.consume("verify.consume", platform, consumption(row, others), shop)

    def _prepare_again(self, row: Redemption, others: list[Redemption], shop: Shop) -> None:
        """New handles and a new verify_token for the same certificates, kept before they are
        used."""
        form, _, value = row.scanned.partition(":")
        candidate = Candidate(row.platform.platform_code, Form(form), value)
        prepared = self._ports.prepare("verify.prepare", row.platform.platform_code, candidate,
                                       shop)
        usable = {one.certificate_id: one.handle for one in prepared.certificates}
        if not usable.keys() >= {each.voucher.certificate_id for each in (row, *others)}:
            raise VoucherError("already_redeemed", platform=row.platform.platform_code)

        def keep() -> bool:
            return redemptions.keep_prepared(
                row, usable[row.voucher.certificate_id], prepared.verify_token) and all(
                redemptions.keep_prepared(each, usable[each.voucher.certificate_id],
                                          prepared.verify_token) for each in others)

        if not self._store.transact("verify.prepared", keep):
            # Another worker has the row now; two fresh prepares must not both be consumed.
            raise PlatformUnknown(row.platform.platform_code, reason="lease_ended")

    def record(self, redemption_id: int, outcome: Outcome, actor: Actor) -> None:
        """Write an outcome down. Harmless when another worker has settled it meanwhile."""
        self._records.record(redemption_id, outcome, actor)
