"""Slip printers: which ones a venue has, and sending a slip to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotFound, PlatformError
from core.services.actor import Actor, Role
from core.services.idempotency import SentKey, once
from core.services.slips.escpos import escpos
from core.services.slips.slip import Paper, Slip
from core.store import audit
from core.store.admin import printers, venues
from core.store.db import Store
from core.store.tables import Printer

ON, OFF = 1, 2
RAW_PORT = 9100
"""Where receipt printers listen for bytes, by custom."""
Send = Callable[[str, int, bytes], None]


@dataclass(frozen=True, slots=True)
class PrinterView:
    """A printer. `failed_at`: it did not take the last slip."""

    id: int
    name: str
    venue_id: int
    venue_name: str
    address: str
    port: int
    paper: Paper
    printed_at: datetime | None
    failed_at: datetime | None
    active: bool


@dataclass(frozen=True, slots=True)
class PrinterChange:
    """What may be changed about a printer."""

    name: str
    address: str
    port: int = RAW_PORT
    paper: Paper = Paper.NARROW
    active: bool = True


class Printers:
    """Any staff of the venue may print; managers add, change and switch.

    `here`: whether this machine's own address may be one (outside production): in production it
    would let a manager talk to the services that run beside us.
    """

    def __init__(self, store: Store, clock: Clock, send: Send, *, here: bool) -> None:
        self._store = store
        self._clock = clock
        self._send = send
        self._here = here

    def listed(self, actor: Actor) -> list[PrinterView]:
        """The printers of this person's venues, those switched on first. Raises NotAllowed."""
        actor.require(Role.CLERK)
        ids = None if actor.role is Role.ADMIN else actor.venues
        with self._store.connection():
            return [_view(row) for row in printers.every(ids)]

    def of_venue(self, venue_id: int, actor: Actor) -> list[PrinterView]:
        """The ones to print on there now."""
        return [one for one in self.listed(actor) if one.active and one.venue_id == venue_id]

    def one(self, printer_id: int, actor: Actor) -> PrinterView:
        """Raises NotFound, NotAllowed."""
        with self._store.connection():
            row = _row(printer_id)
            actor.require(Role.CLERK, row.venue_id)
            return _view(row)

    def add(self, venue_id: int, wanted: PrinterChange, actor: Actor, *,
            key: SentKey | None = None) -> PrinterView:
        """Raises NotFound, NotAllowed, InvalidInput."""
        actor.require(Role.MANAGER, venue_id)
        columns, at = self._columns(wanted), self._clock.now()

        def work() -> int:
            if venues.one(venue_id) is None:
                raise NotFound("venue_not_found")
            printer_id = printers.add(at, venue=venue_id, **columns)
            audit.add(actor, "printer.added", "printer", printer_id, at, venue_id=venue_id,
                      name=wanted.name.strip())
            return printer_id

        made = self._store.transact("admin.printer_added", lambda: once(key, at, work))
        return self.one(int(made), actor)

    def change(self, printer_id: int, wanted: PrinterChange, actor: Actor) -> PrinterView:
        """Raises NotFound, NotAllowed, InvalidInput."""
        columns, at = self._columns(wanted), self._clock.now()

        def work() -> None:
            row = _row(printer_id)
            actor.require(Role.MANAGER, row.venue_id)
            printers.change(printer_id, failed_at=None, **columns)
            audit.add(actor, "printer.changed", "printer", printer_id, at, venue_id=row.venue_id,
                      from_state="on" if row.status == ON else "off",
                      to_state="on" if wanted.active else "off", name=wanted.name.strip())

        self._store.transact("admin.printer", work)
        return self.one(printer_id, actor)

    def send(self, printer_id: int, slip: Slip, actor: Actor) -> PrinterView:
        """Print a slip, at once. No transaction is open while the printer is asked.

        Raises NotFound, NotAllowed; Conflict("printer_off"); PlatformError: printer_silent,
        printer_unsure.
        """
        one = self.one(printer_id, actor)
        if not one.active:
            raise Conflict("printer_off")
        try:
            self._send(one.address, one.port, escpos(slip, one.paper))
        except PlatformError:
            self._note(printer_id, failed_at=self._clock.now())
            raise
        self._note(printer_id, printed_at=self._clock.now(), failed_at=None)
        return one

    def _note(self, printer_id: int, **columns: datetime | None) -> None:
        self._store.transact("admin.printer_used", lambda: printers.change(printer_id, **columns))

    def _columns(self, wanted: PrinterChange) -> dict[str, object]:
        if not wanted.name.strip():
            raise InvalidInput("needed", field="name")
        if not 1 <= wanted.port <= 65535:
            raise InvalidInput("port_unclear", field="port")
        return {"name": wanted.name.strip(), "address": self._address(wanted.address),
                "port": wanted.port, "paper": int(wanted.paper),
                "status": ON if wanted.active else OFF}

    def _address(self, text: str) -> str:
        """A numeric address inside the shop: what we send to it must not leave the house."""
        try:
            address: IPv4Address | IPv6Address = ip_address(text.strip())
        except ValueError:
            raise InvalidInput("address_not_of_shop", field="address") from None
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        inside = address.is_private and not (
            address.is_link_local or address.is_multicast or address.is_unspecified
            or address.is_reserved)
        if not inside or (address.is_loopback and not self._here):
            raise InvalidInput("address_not_of_shop", field="address")
        return str(address)


def _row(printer_id: int) -> Printer:
    row = printers.one(printer_id)
    if row is None:
        raise NotFound("printer_not_found")
    return row


def _view(row: Printer) -> PrinterView:
    return PrinterView(
        id=row.id, name=row.name, venue_id=row.venue_id, venue_name=row.venue.name,
        address=row.address, port=row.port, paper=Paper(row.paper), printed_at=row.printed_at,
        failed_at=row.failed_at, active=row.status == ON)
