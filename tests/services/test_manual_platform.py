"""A platform without API rights: evidence, then the same redemption, figures and reconciliation."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from core.errors import HexiaotaiError, InvalidInput, NotAllowed
from core.money import Money
from core.services.manual_records import PICTURE_BYTES, Evidence, read_sheet
from core.services.redeem import RedeemRequest, RedemptionView
from core.store.tables import (
    Alert,
    Audit,
    Entitlement,
    Finding,
    ManualRecord,
    ManualSheetLine,
    Reconciliation,
    RedemptionUse,
    SyncRun,
    Task,
    Voucher,
)
from core.vouchers.redemption import State, VoucherStatus
from tests.builders import PHONE, Chain

CODE = "KS20261122001"


def photo(width: int = 3000, height: int = 4000, kind: str = "PNG") -> bytes:
    """A phone's screenshot."""
    kept = BytesIO()
    Image.effect_noise((width, height), 20).convert("RGB").save(kept, kind)
    return kept.getvalue()


def evidence(chain: Chain, code: str = CODE, **more: object) -> Evidence:
    values: dict[str, object] = {"code": code, "product_id": chain.products["month_card"],
                                 "paid": Money(188_00), "note": "快手 App 里核了"}
    return Evidence(**values | more)  # type: ignore[arg-type]  # a table of columns


def redeem(chain: Chain, code: str = CODE, **more: object) -> RedemptionView:
    chain.services.manual.record(evidence(chain, code, **more), chain.clerk)
    return chain.services.redeem.at_once(RedeemRequest(code=code, phone=PHONE), chain.clerk,
                                         platform="manual")


def test_evidence_becomes_a_card_a_log_and_a_use(chain: Chain) -> None:
    done = redeem(chain)
    assert (done.state, done.platform) == (State.COMPLETED, "manual")
    assert done.result is not None and done.result.after == chain.today + timedelta(days=30)
    (use,) = chain.rows(RedemptionUse)
    assert (use.verify_id, use.amount_fen) == (f"{CODE}-1", Money(188_00))


def test_a_code_is_redeemed_once(chain: Chain) -> None:
    redeem(chain)
    chain.services.manual.record(evidence(chain), chain.clerk)
    with pytest.raises(HexiaotaiError) as caught:
        chain.services.redeem.at_once(RedeemRequest(code=CODE, phone=PHONE), chain.clerk,
                                      platform="manual")
    assert caught.value.word == "already_redeemed"
    assert len(chain.rows(ManualRecord)) == 1


def test_an_undo_gives_it_back(chain: Chain) -> None:
    done = redeem(chain)
    assert chain.services.redeem.undo(done.ref, chain.clerk, "核错人了").state is State.UNDONE
    again = chain.services.redeem.at_once(RedeemRequest(code=CODE, phone=PHONE), chain.clerk,
                                          platform="manual")
    assert again.state is State.COMPLETED


@pytest.mark.parametrize(("more", "word"), [
    ({"note": ""}, "evidence_needed"), ({"code": "12"}, "code_malformed"),
    ({"uses": 0}, "uses_out_of_range"), ({"product_id": 999_999}, "product_not_on_sale"),
    ({"note": "", "picture": b"GIF89a no picture"}, "not_an_image")])
def test_what_cannot_be_believed_is_refused(chain: Chain, more: dict[str, object],
                                            word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        chain.services.manual.record(evidence(chain, **more), chain.clerk)
    assert caught.value.word == word
    assert not chain.rows(ManualRecord)


def test_a_screenshot_is_kept_small_and_shown_to_the_venue_only(chain: Chain) -> None:
    done = redeem(chain, note="", picture=photo(800, 1200))
    kept = chain.services.manual_refunds.kept(done.voucher_id, chain.clerk)
    assert kept.picture is not None and kept.picture[:3] == b"\xff\xd8\xff"
    assert len(kept.picture) <= PICTURE_BYTES and kept.recorded_by == chain.clerk.name
    with pytest.raises(NotAllowed):
        chain.services.manual_refunds.kept(done.voucher_id, chain.western_clerk)


def test_a_refund_in_the_app_freezes_what_is_left_once(chain: Chain) -> None:
    done = redeem(chain)
    for _ in range(2):
        chain.services.manual_refunds.refunded(done.voucher_id, Money(188_00), chain.clerk)
    (row,) = chain.rows(Voucher)
    assert (row.status, row.refunded_fen) == (VoucherStatus.REFUNDED, Money(188_00))
    (entitlement,) = chain.rows(Entitlement)
    assert entitlement.status == "frozen"
    (task,) = chain.rows(Task, Task.kind == "refund_after_use")
    assert task.facts["loss_fen"] == 188_00
    (said,) = chain.rows(Audit, Audit.action == "voucher.refunded")
    assert (said.actor_kind, said.actor_id, said.to_state) == ("staff", chain.clerk.id, "refunded")
    with pytest.raises(HexiaotaiError) as caught:
        chain.services.redeem.at_once(RedeemRequest(code=CODE, phone=PHONE), chain.clerk,
                                      platform="manual")
    assert caught.value.word == "refunded"


def test_a_refund_of_the_uses_that_were_left_takes_nothing_from_the_member(chain: Chain) -> None:
    chain.services.manual.record(evidence(chain, uses=2), chain.clerk)
    done = chain.services.redeem.at_once(RedeemRequest(code=CODE, phone=PHONE, uses=1),
                                         chain.clerk, platform="manual")
    chain.services.manual_refunds.refunded(done.voucher_id, Money(94_00), chain.clerk)
    assert {one.status for one in chain.rows(Entitlement)} == {"active"}
    assert not chain.rows(Task, Task.kind == "refund_after_use")


def test_a_refund_that_cannot_be_is_refused(chain: Chain) -> None:
    done = redeem(chain)
    with pytest.raises(InvalidInput):
        chain.services.manual_refunds.refunded(done.voucher_id, Money(188_01), chain.clerk)
    with pytest.raises(NotAllowed):
        chain.services.manual_refunds.refunded(done.voucher_id, Money(1), chain.western_clerk)
    (row,) = chain.rows(Voucher)
    assert row.status == VoucherStatus.REDEEMED


def test_another_record_under_the_same_code_is_refused(chain: Chain) -> None:
    chain.services.manual.record(evidence(chain), chain.clerk)
    with pytest.raises(InvalidInput) as caught:
        chain.services.manual.record(evidence(chain, paid=Money(1_00)), chain.clerk)
    assert caught.value.word == "recorded_already"


def test_the_exported_sheet_is_reconciled_like_a_platforms_history(chain: Chain) -> None:
    redeem(chain)
    redeem(chain, "KS20261122002")
    at = (chain.clock.now() + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
    sheet = (f"券码,核销时间,金额,状态\n{CODE},{at},188.00,已核销\n"
             f"KS20261122009,{at},99.00,已核销\n").encode("gb18030")
    report = chain.services.manual.import_sheet(sheet, chain.manager)
    assert (report.lines, report.new) == (2, 2)
    assert chain.services.manual.import_sheet(sheet, chain.manager).new == 0
    day = chain.today
    chain.pass_time(timedelta(hours=26))
    chain.services.operations.reconcile.run(chain.binjiang, "manual", day, chain.manager)
    found = {row.kind: row.verify_id for row in chain.rows(Finding)}
    assert found == {"local_only": "KS20261122002-1", "platform_only": "KS20261122009-1"}


def test_a_day_without_its_sheet_says_what_to_do_and_is_compared_after_the_import(
        chain: Chain) -> None:
    redeem(chain)
    day, at = chain.today, chain.clock.now() + timedelta(hours=8)
    chain.pass_time(timedelta(hours=26))
    chain.services.operations.reconcile.due()
    (books,) = [one for one in chain.rows(Reconciliation) if one.error]
    assert (books.day, books.state, books.error) == (day, "failed", "sheet_missing")
    (told,) = chain.rows(Alert, Alert.kind.in_(["sheet_missing", "reconcile_failed"]))
    assert (told.kind, told.over_at) == ("sheet_missing", None)
    sheet = f"券码,核销时间,金额\n{CODE},{at:%Y-%m-%d %H:%M:%S},188.00\n".encode()
    chain.services.manual.import_sheet(sheet, chain.manager)
    chain.pass_time(timedelta(hours=1))
    chain.services.operations.reconcile.due()
    (books,) = [one for one in chain.rows(Reconciliation) if one.id == books.id]
    assert (books.state, books.error, books.platform_count) == ("done", "", 1)
    assert chain.rows(Alert, Alert.kind == "sheet_missing")[0].over_at is not None


def test_uses_of_one_second_and_uses_undone_match_the_sheet_line_by_line(chain: Chain) -> None:
    done = redeem(chain, uses=2)
    chain.services.redeem.undo(done.ref, chain.clerk, "核错人了")
    chain.pass_time(timedelta(minutes=1))
    request = RedeemRequest(code=CODE, phone=PHONE, uses=2)
    chain.services.redeem.at_once(request, chain.clerk, platform="manual")
    day, local = chain.today, chain.clock.now() + timedelta(hours=8)
    first, again = (f"{local - ago:%Y-%m-%d %H:%M:%S}" for ago in (timedelta(minutes=1),
                                                                   timedelta()))
    later = f"券码,核销时间,状态\n{CODE},{again},已核销\n{CODE},{again},已核销\n"
    earlier = f"券码,核销时间,状态\n{CODE},{first},已撤销\n"
    assert chain.services.manual.import_sheet(later.encode(), chain.manager).new == 2
    assert chain.services.manual.import_sheet(earlier.encode(), chain.manager).new == 1
    chain.pass_time(timedelta(hours=26))
    chain.services.operations.reconcile.run(chain.binjiang, "manual", day, chain.manager)
    (books,) = [one for one in chain.rows(Reconciliation) if one.day == day]
    assert (books.state, books.platform_count, books.our_count) == ("done", 2, 2)
    assert not chain.rows(Finding)


def test_a_sync_passes_by_what_lists_no_orders(chain: Chain) -> None:
    redeem(chain)
    chain.services.platforms.sync.run("incremental")
    synced = {one.platform_id for one in chain.rows(SyncRun)}
    assert synced == {chain.platforms["meituan"], chain.platforms["douyin"]}


def test_clerks_do_not_import(chain: Chain) -> None:
    with pytest.raises(NotAllowed):
        chain.services.manual.import_sheet(b"code,used_at\n", chain.clerk)
    assert not chain.rows(ManualSheetLine)


@pytest.mark.parametrize(("sheet", "word"), [
    (b"PK\x03\x04rest", "sheet_unreadable"), (b"a,b\n1,2\n", "sheet_unreadable"),
    ("券码,核销时间\nKS1,昨天\n".encode(), "sheet_unreadable"),
    ("券码,核销时间,金额\nKS1,2026-11-22 10:00:00,很多\n".encode(), "sheet_unreadable")])
def test_a_sheet_that_cannot_be_read_says_where(sheet: bytes, word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(read_sheet(sheet))
    assert caught.value.word == word
