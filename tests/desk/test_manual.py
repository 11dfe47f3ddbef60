"""A voucher of a platform without interface: recorded with evidence, redeemed as usual."""

from __future__ import annotations

import io
from datetime import timedelta

from core.store.tables import ManualRecord
from tests.builders import PHONE, Chain
from tests.desk.conftest import Browser
from tests.desk.test_redeeming import confirmed, hidden


def record(browser: Browser, chain: Chain, **more: object) -> str:
    return browser.send("/desk/manual", {
        "code": "KS20261122001", "product": str(chain.products["month_card"]), "paid": "188",
        "uses": "1", "note": "快手 App 里核了", **more}).text


def test_a_record_is_redeemed_like_any_voucher(clerk: Browser, chain: Chain) -> None:
    assert "商家 App" in clerk.text("/desk/manual")
    page = record(clerk, chain)
    assert "手工登记" in page and "188.00" in page
    page = clerk.send("/desk/redeem", {"inspection": hidden(page, "inspection"),
                                       "phone": PHONE}).text
    answer = confirmed(clerk, page)
    assert (chain.today + timedelta(days=30)).isoformat() in answer.text


def test_without_evidence_nothing_is_kept(clerk: Browser, chain: Chain) -> None:
    assert "留一张截图" in record(clerk, chain, note="")
    assert not chain.rows(ManualRecord)


def test_a_manager_imports_the_exported_sheet(manager: Browser, chain: Chain) -> None:
    sheet = io.BytesIO("券码,核销时间\nKS1,2026-11-20 10:00:00\n".encode())
    answer = manager.client.post("/desk/manual/sheet", data={
        "csrf": manager.csrf(), "sheet": (sheet, "核销明细.csv")})
    assert "导入了 1 行" in answer.text
