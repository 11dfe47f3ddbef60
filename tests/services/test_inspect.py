"""What a scan shows: what it is, what it may become, or why it is of no use here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Conflict, HexiaotaiError, InvalidInput, PlatformError, VoucherError
from core.services.actor import Actor
from core.services.redeem import Inspection, RedeemRequest
from core.store.tables import (
    Member,
    OutboxMessage,
    Platform,
    PlatformShop,
    Product,
    Redemption,
    SkuMapping,
    Task,
    Voucher,
)
from core.vouchers.redemption import ResultType, VoucherStatus
from tests.builders import OTHER_PHONE, PHONE, Chain

PLATFORMS = pytest.mark.parametrize("platform", ["meituan", "douyin"])


def scan(chain: Chain, text: str, phone: str | None = None, actor: Actor | None = None,
         ) -> Inspection:
    return chain.services.redeem.inspect(text, actor or chain.kiosk, phone=phone)


def refused(chain: Chain, text: str, actor: Actor | None = None) -> HexiaotaiError:
    with pytest.raises((VoucherError, PlatformError)) as caught:
        scan(chain, text, actor=actor)
    return caught.value


@PLATFORMS
def test_a_scan_shows_the_voucher_and_writes_nothing(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, phone=PHONE, expires=(chain.today + timedelta(10)).isoformat())
    (found,) = scan(chain, bought.code).certificates

    assert (found.platform, found.kind, found.product_name) == (platform, "card", "月卡 30 天")
    assert (found.paid_price.fen, found.original_price.fen) == (199_00, 299_00)
    assert found.status is VoucherStatus.UNUSED
    assert found.expire_date == chain.today + timedelta(10)
    assert found.days_left == 10
    assert found.needs_phone and found.member is None
    assert [venue.name for venue in found.venues] == ["滨江店"]
    assert bought.code not in repr(found)
    assert "****" in found.code_masked
    assert PHONE not in found.user_phone
    for table in (Voucher, Redemption, Member, Task):
        assert chain.rows(table) == []


@PLATFORMS
def test_a_new_phone_is_offered_a_new_card(chain: Chain, platform: str) -> None:
    (found,) = scan(chain, chain.buy(platform).code, PHONE).certificates
    (choice,) = found.choices
    assert (choice.choice, choice.result_type) == ("open", ResultType.CARD_OPENED)
    assert choice.recommended and choice.enabled
    assert choice.after == chain.today + timedelta(30)
    assert found.member is not None and not found.member.known
    assert found.member.phone == "138****8000"


@PLATFORMS
def test_a_member_is_recognised_by_phone_and_offered_to_renew(chain: Chain,
                                                              platform: str) -> None:
    card = chain.card(ends_in=3)
    first = scan(chain, chain.buy(platform).code)
    (found,) = chain.services.redeem.refine(first.token, chain.kiosk, phone=PHONE).certificates
    renew, fresh = found.choices
    assert (renew.choice, renew.recommended) == (f"renew:{card}", True)
    assert (renew.before, renew.after) == (chain.today + timedelta(3), chain.today + timedelta(33))
    assert (fresh.choice, fresh.recommended) == ("open", False)
    assert found.member is not None and found.member.known and found.member.name == "林**"
    assert not found.needs_phone


def test_a_card_of_another_family_is_not_offered(chain: Chain) -> None:
    chain.card(product="season_card")
    with chain.store.connection():
        Product.update(family="pool").where(Product.id == chain.products["season_card"]).execute()
    (found,) = scan(chain, chain.buy("meituan").code, PHONE).certificates
    assert [choice.choice for choice in found.choices] == ["open"]


def test_classes_are_offered_with_their_seats_and_the_full_one_is_not(chain: Chain) -> None:
    full = chain.class_tonight(capacity=0, starts_in=timedelta(hours=1))
    later = chain.class_tonight(capacity=3, starts_in=timedelta(hours=2))
    chain.class_tonight(starts_in=timedelta(hours=-1))
    chain.class_tonight(starts_in=timedelta(days=20))
    chain.class_tonight(venue=chain.chengxi)
    (found,) = scan(chain, chain.buy("meituan", "class").code, PHONE).certificates
    assert [(one.choice, one.enabled, one.why_not, one.seats_left, one.recommended)
            for one in found.choices] == [
        (f"class:{full}", False, "class_full", 0, False),
        (f"class:{later}", True, None, 3, True)]


@PLATFORMS
def test_a_voucher_of_another_venue_names_the_right_one(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform, "west_only")
    error = refused(chain, bought.code)
    assert error.word == "wrong_venue"
    assert (error.facts["here"], error.facts["venues"]) == ("滨江店", ["城西店"])
    assert chain.consumed(bought) == 0


def test_a_qr_of_another_venue_names_the_right_one(chain: Chain) -> None:
    assert refused(chain, chain.buy("douyin", "west_only").qr).facts["venues"] == ["城西店"]


def test_a_voucher_used_in_another_system_says_where_the_platform_knows(chain: Chain) -> None:
    """Consumed at our other venue by its old till: we have no record of it."""
    bought = chain.buy("douyin")
    chain.ask(bought, chain.western_clerk)
    with chain.store.connection():
        Voucher.update(voucher_no="gone", certificate_id="gone").execute()
    error = refused(chain, bought.code)
    assert (error.word, error.facts.get("where")) == ("already_redeemed", "城西店")


def test_a_platform_that_was_never_set_up_is_not_called_switched_off(chain: Chain) -> None:
    bought = chain.buy("meituan")
    with chain.store.connection():
        meituan = Platform.get(Platform.platform_code == "meituan")
        for table in (PlatformShop, SkuMapping):
            table.delete().where(table.platform == meituan).execute()
        meituan.delete_instance()
    assert refused(chain, bought.code).word == "voucher_not_found"


@PLATFORMS
def test_an_unmapped_product_stops_the_scan_and_staff_get_one_task(chain: Chain,
                                                                   platform: str) -> None:
    bought = chain.buy(platform, "unmapped")
    first, second = refused(chain, bought.code), refused(chain, bought.code)

    assert first.word == "unmapped_sku"
    assert str(first.facts["ticket"]).startswith("H ")
    assert first.facts["ticket"] == second.facts["ticket"]
    (task,) = chain.rows(Task)
    assert (task.kind, task.state) == ("map_sku", "open")
    assert bought.code not in str(task.facts)
    told = {row.recipient for row in chain.rows(OutboxMessage)}
    assert told == {"meixue", "laoli"}
    (mapping,) = chain.rows(SkuMapping, SkuMapping.product.is_null())
    assert mapping.last_met_at is not None
    assert chain.consumed(bought) == 0


@PLATFORMS
def test_an_unknown_code_is_called_wrong(chain: Chain, platform: str) -> None:
    code = chain.buy(platform).code
    unknown = code[:-3] + str((int(code[-3:]) + 500) % 1000).zfill(3)
    assert refused(chain, unknown).word == "voucher_not_found"


@PLATFORMS
def test_an_expired_or_refunded_voucher_says_so(chain: Chain, platform: str) -> None:
    old = chain.buy(platform, expires=(chain.today - timedelta(1)).isoformat())
    assert refused(chain, old.code).word == "expired"
    back = chain.buy(platform)
    chain.control("refunds", {"certificate_id": back.certificate_id})
    assert refused(chain, back.code).word in ("refunded", "refunding")


@PLATFORMS
def test_a_used_voucher_says_when_and_where(chain: Chain, platform: str) -> None:
    bought = chain.buy(platform)
    chain.redeem(bought)

    to_kiosk = refused(chain, bought.code)
    assert to_kiosk.word == "already_redeemed"
    assert to_kiosk.facts["where"] == "滨江店"
    assert str(to_kiosk.facts["at"])[:10]
    assert "by" not in to_kiosk.facts
    assert refused(chain, bought.code, chain.manager).facts["by"] == "林小满"


@PLATFORMS
def test_strangers_cannot_tell_unknown_from_used(chain: Chain, platform: str) -> None:
    used = chain.buy(platform)
    chain.redeem(used)
    stranger = Actor("anonymous", 0, "api", chain.binjiang)
    unknown = used.code[:-3] + str((int(used.code[-3:]) + 500) % 1000).zfill(3)
    one, two = refused(chain, used.code, stranger), refused(chain, unknown, stranger)
    assert (type(one), one.word, one.facts) == (type(two), two.word, two.facts)


def test_a_code_that_fits_both_platforms_is_asked_of_both(chain: Chain) -> None:
    """Meituan and Douyin codes share some lengths; whoever knows the code answers."""
    for platform in ("meituan", "douyin"):
        bought = chain.buy(platform)
        (found,) = scan(chain, bought.code).certificates
        assert found.platform == platform


def test_a_switched_off_platform_says_so(chain: Chain) -> None:
    bought = chain.buy("meituan")
    with chain.store.connection():
        Platform.update(status=2).where(Platform.platform_code == "meituan").execute()
    assert refused(chain, bought.code).word == "platform_disabled"


@pytest.mark.parametrize("text", ["", "   ", "hello", "wxp://f2f0abc", "13800138000",
                                  "http://169.254.169.254/latest", "'; DROP TABLE vouchers"])
def test_what_has_no_sane_shape_reaches_no_platform(chain: Chain, text: str) -> None:
    before = chain.platform_calls()
    with pytest.raises(VoucherError):
        scan(chain, text)
    assert chain.platform_calls() == before


def test_an_inspection_ends_after_fifteen_minutes_and_stays_at_its_venue(chain: Chain) -> None:
    seen = scan(chain, chain.buy("meituan").code)
    with pytest.raises(InvalidInput) as elsewhere:
        chain.services.redeem.refine(seen.token, chain.western_clerk, phone=PHONE)
    assert elsewhere.value.word == "inspection_of_another_venue"
    with pytest.raises(InvalidInput):
        chain.services.redeem.refine(seen.token[:40] + "x" + seen.token[41:], chain.kiosk,
                                     phone=PHONE)
    chain.clock.shift += timedelta(minutes=16)
    with pytest.raises(VoucherError) as late:
        chain.services.redeem.refine(seen.token, chain.kiosk, phone=PHONE)
    assert late.value.word == "inspection_expired"


def test_a_token_tells_nothing_to_whoever_holds_it(chain: Chain) -> None:
    bought = chain.buy("meituan")
    seen = scan(chain, bought.code)
    assert bought.code not in seen.token


@pytest.mark.parametrize(("change", "word"), [
    (dict(phone=None), "phone_needed"),
    (dict(uses=2), "not_enough_uses"),
    (dict(uses=0), "not_enough_uses"),
    (dict(choice="renew:999"), "choice_gone"),
    (dict(choice="class:1"), "choice_gone"),
])
def test_a_request_that_does_not_fit_is_refused_before_anything_is_written(
        chain: Chain, change: dict[str, object], word: str) -> None:
    bought = chain.buy("meituan")
    seen = scan(chain, bought.code)
    wish = dict(inspection=seen.token, phone=OTHER_PHONE) | change
    with pytest.raises(VoucherError) as caught:
        chain.services.redeem.request(RedeemRequest(**wish), chain.kiosk)  # type: ignore[arg-type]  # a table of wrong values
    assert caught.value.word == word
    assert chain.rows(Redemption) == []


def test_somebody_elses_card_cannot_be_renewed(chain: Chain) -> None:
    card = chain.card(phone=PHONE)
    seen = scan(chain, chain.buy("meituan").code)
    with pytest.raises(VoucherError) as caught:
        chain.services.redeem.request(RedeemRequest(
            inspection=seen.token, phone=OTHER_PHONE, choice=f"renew:{card}"), chain.kiosk)
    assert caught.value.word == "choice_gone"


def test_a_second_kiosk_is_told_that_the_voucher_is_being_handled(chain: Chain) -> None:
    bought = chain.buy("meituan")
    first = chain.ask(bought)
    again = chain.ask(bought)
    assert again.ref == first.ref
    other = Actor("kiosk", 999, "kiosk", chain.binjiang)
    with pytest.raises(Conflict) as caught:
        chain.ask(bought, other)
    assert (caught.value.word, caught.value.facts) == ("in_progress", {"ticket": first.ticket})
