"""A voucher of a platform without interface: recorded with evidence, redeemed as usual."""

from __future__ import annotations

import io
from datetime import timedelta

from core.services.redeem import RedeemRequest
from core.store.tables import Entitlement, ManualRecord
from tests.builders import PHONE, Chain
from tests.desk.conftest import Browser
from tests.desk.test_redeeming import confirmed, hidden
from tests.services.test_manual_platform import CODE, evidence, photo, redeem


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


def test_the_venue_sees_the_picture_and_says_that_it_was_refunded(clerk: Browser,
                                                                  chain: Chain) -> None:
    chain.services.manual.record(evidence(chain, note="", picture=photo(80, 120)), chain.clerk)
    done = chain.services.redeem.at_once(RedeemRequest(code=CODE, phone=PHONE), chain.clerk,
                                         platform="manual")
    voucher, manual = f"/desk/vouchers/{done.voucher_id}", f"/desk/manual/{done.voucher_id}"
    assert f'<img src="{manual}/picture"' in clerk.text(voucher)
    assert clerk.open(f"{manual}/picture").data[:3] == b"\xff\xd8\xff"
    assert "188.00" in clerk.text(f"{manual}/refund")
    assert "最多" in clerk.send(f"{manual}/refund", {"amount": "188.01"}).text
    clerk.send(f"{manual}/refund", {"amount": "188"})
    page = clerk.text(voucher)
    assert "已退款" in page and f"{manual}/refund" not in page
    assert {one.status for one in chain.rows(Entitlement)} == {"frozen"}


def test_a_day_without_its_sheet_says_what_to_do_next(manager: Browser, chain: Chain) -> None:
    redeem(chain)
    day = chain.today
    manager.send("/desk/reconcile/run", {"day": day.isoformat()})
    page = manager.text(f"/desk/reconcile?day={day}")
    assert "明细还没导入" in page and "/desk/manual" in page and "没对成" not in page


def test_without_evidence_nothing_is_kept(clerk: Browser, chain: Chain) -> None:
    assert "留一张截图" in record(clerk, chain, note="")
    assert not chain.rows(ManualRecord)


def test_a_manager_imports_the_exported_sheet(manager: Browser, chain: Chain) -> None:
    sheet = io.BytesIO("券码,核销时间\nKS1,2026-11-20 10:00:00\n".encode())
    answer = manager.client.post("/desk/manual/sheet", data={
        "csrf": manager.csrf(), "sheet": (sheet, "核销明细.csv")})
    assert "导入了 1 行" in answer.text
