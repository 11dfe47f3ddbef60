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
    Finding,
    ManualRecord,
    ManualSheetLine,
    Reconciliation,
    RedemptionUse,
    SyncRun,
)
from core.vouchers.redemption import State
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
    chain.services.manual.record(evidence(chain, note="", picture=photo(800, 1200)), chain.clerk)
    kept = chain.services.manual.picture(CODE, chain.clerk)
    assert kept[:3] == b"\xff\xd8\xff" and len(kept) <= PICTURE_BYTES
    with pytest.raises(NotAllowed):
        chain.services.manual.picture(CODE, chain.western_clerk)


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
    (b"PK\x03\x04rest", "sheet_is_xlsx"), (b"a,b\n1,2\n", "sheet_unreadable"),
    ("券码,核销时间\nKS1,昨天\n".encode(), "sheet_unreadable"),
    ("券码,核销时间,金额\nKS1,2026-11-22 10:00:00,很多\n".encode(), "sheet_unreadable")])
def test_a_sheet_that_cannot_be_read_says_where(sheet: bytes, word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(read_sheet(sheet))
    assert caught.value.word == word
