"""Slips on network printers: added by a manager, printed by a clerk, never in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import InvalidInput
from core.services.admin.printers import PrinterChange
from core.store.tables import Printer
from tests.builders import Chain
from tests.desk.conftest import Browser, Desk
from tests.desk.printer import PaperPrinter
from tests.running import free_port


@pytest.fixture
def paper() -> Iterator[PaperPrinter]:
    printer = PaperPrinter()
    yield printer
    printer._door.close()


def added(chain: Chain, port: int, name: str = "前台小票机") -> int:
    with chain.store.connection():
        return chain.services.admin.printers.add(
            chain.binjiang, PrinterChange(name, "127.0.0.1", port), chain.manager).id


def test_a_manager_adds_a_printer_and_tries_it(
        manager: Browser, chain: Chain, paper: PaperPrinter) -> None:
    manager.send("/desk/printers/new", {
        "name": "前台小票机", "venue_id": chain.binjiang, "address": "127.0.0.1",
        "port": paper.port, "paper": "80"})
    (row,) = chain.rows(Printer)
    assert "还没试过" in manager.text("/desk/printers")
    assert "送过去了" in manager.send(f"/desk/printers/{row.id}/try").text
    assert "打印机通了" in paper.slip() and "能打" in manager.text("/desk/printers")


def test_a_slip_says_what_the_member_got_and_hides_the_phone(
        clerk: Browser, chain: Chain, paper: PaperPrinter) -> None:
    printer, view = added(chain, paper.port), chain.redeem(chain.buy())
    page = clerk.text(f"/desk/redemptions/{view.ref}")
    assert "前台小票机" in page
    answer = clerk.send(f"/desk/redemptions/{view.ref}/slip/send", {"printer_id": printer})
    assert "在打了" in answer.text
    slip = paper.slip()
    for told in ("滨江店", "月卡 30 天开好了", view.ticket, "138****8000", "￥199.00"):
        assert told in slip, told
    assert "13800138000" not in slip and "补打" not in slip
    assert chain.services.receipts.printed(view.ref, chain.clerk) == 1


def test_the_second_slip_says_that_it_is_one(
        clerk: Browser, chain: Chain, paper: PaperPrinter) -> None:
    printer, view = added(chain, paper.port), chain.redeem(chain.buy())
    for _ in range(2):
        clerk.send(f"/desk/redemptions/{view.ref}/slip/send", {"printer_id": printer})
    assert "补打 2" in paper.slip()


def test_a_missing_printer_blocks_nothing_and_counts_no_slip(
        clerk: Browser, manager: Browser, chain: Chain) -> None:
    printer, view = added(chain, free_port()), chain.redeem(chain.buy())
    answer = clerk.send(f"/desk/redemptions/{view.ref}/slip/send", {"printer_id": printer})
    assert answer.status_code == 200 and "打印机没回话" in answer.text
    assert "用浏览器打印" in answer.text
    assert chain.services.receipts.printed(view.ref, chain.clerk) == 0
    assert "没回话" in manager.text("/desk/printers")


@pytest.mark.parametrize("address", [
    "8.8.8.8", "169.254.169.254", "0.0.0.0", "224.0.0.1", "printer.example", "::ffff:8.8.8.8", ""])
def test_slips_stay_in_the_house(manager: Browser, chain: Chain, address: str) -> None:
    answer = manager.send("/desk/printers/new", {
        "name": "x", "venue_id": chain.binjiang, "address": address, "port": "9100",
        "paper": "58"})
    assert answer.status_code == 422 and not chain.rows(Printer)


def test_in_production_this_machine_is_no_printer(chain: Chain) -> None:
    printers = chain.services.admin.printers
    printers._here = False
    with pytest.raises(InvalidInput) as refused:
        printers.add(chain.binjiang, PrinterChange("x", "127.0.0.1", 6379), chain.manager)
    assert refused.value.word == "address_not_of_shop"


def test_another_venues_printer_is_out_of_reach(desk: Desk, chain: Chain) -> None:
    printer = added(chain, free_port())
    western = desk.of(chain.western_clerk)
    view = chain.redeem(chain.buy())
    assert western.send(f"/desk/redemptions/{view.ref}/slip/send",
                        {"printer_id": printer}).status_code == 403
