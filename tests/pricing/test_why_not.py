"""Whatever is not applied says why, in data that a sentence can be made of (Q3)."""

from hypothesis import HealthCheck, given, settings

from core.money import Money
from core.pricing.engine import quote
from core.pricing.explanation import as_data, explain
from core.pricing.phrases import ENGLISH, OFFERS, REASONS, as_lines, in_words
from core.pricing.quote import Quote
from tests.pricing.builders import (
    HOUR,
    NOON,
    PHOTOS,
    PRINT,
    RULE_1,
    RULE_2,
    RULE_3,
    VLOG,
    bundle,
    cart,
    carts,
    code_percent,
    coupon,
    coupon_percent,
    each_less,
    free_all,
    line,
    offered,
    one_price,
    together,
)

KIOSK = cart(line(PHOTOS, 128_00), line(VLOG, 99_00), line(PRINT, 12_00, 8))
MOCKUP = [together(199_00, PHOTOS, VLOG, name="照相集 + 视频一起买"), code_percent(8500),
          coupon(20_00, 200_00), coupon(40_00, 300_00, id=2), one_price(299_00)]


def why(answer: Quote, kind: str, id: int = 1):
    return next(one.refusal for one in answer.skipped
                if (one.promotion.type, one.promotion.id) == (kind, id))


def test_the_kiosk_of_the_mock_up_reads_as_drawn() -> None:
    said = in_words(explain(quote(KIOSK, MOCKUP, NOON)))
    assert (said.original.title, said.original.amount) == ("原价", Money(323_00))
    assert [(row.title, row.detail, row.amount) for row in said.rows] == [
        ("照相集 + 视频一起买", "组合价 ¥199", Money(28_00)),
        ("券码 8.5 折", "每样都打，按分算", Money(44_25)),
        ("满 200 减 20", "打完折 ¥250.75，够了", Money(20_00))]
    assert said.to_pay.detail == "省了 ¥92.25，已经是最低价"
    assert [(one.title, one.detail) for one in said.unused] == [
        ("一口价 ¥299", "不能和“照相集 + 视频一起买”一起用，现在这样最便宜"),
        ("满 300 减 40", "打完折还差 ¥49.25")]
    assert "满 300 减 40：打完折还差 ¥49.25" in as_lines(said)


def test_the_same_in_english() -> None:
    said = in_words(explain(quote(KIOSK, MOCKUP, NOON)), ENGLISH)
    assert said.rows[1].title == "Code: 15% off"
    assert said.unused[1].title == "¥40 off from ¥300"
    assert said.unused[1].detail == "¥49.25 more to spend after discounts"
    assert as_lines(said, ENGLISH)[-1] == (
        "¥40 off from ¥300: ¥49.25 more to spend after discounts")


def test_the_auditor_keeps_plain_data() -> None:
    kept = as_data(explain(quote(KIOSK, MOCKUP, NOON)))
    assert kept["final_fen"] == 230_75
    assert kept["rows"][2]["promotion"]["facts"] == {"minimum_fen": 200_00, "amount_fen": 20_00}
    assert kept["notes"][0]["facts"] == {"flag": "can_use_with_one_price", "flag_of": "BUNDLE:1"}
    assert kept["notes"][1]["facts"] == {"missing_fen": 49_25, "then_fen": 250_75,
                                         "discounted": True}


def test_a_minimum_missed_without_discounts_counts_from_the_full_price() -> None:
    answer = quote(cart(line(PHOTOS, 100_00)), [coupon(20_00, 112_00)], NOON)
    refusal = why(answer, "COUPON")
    assert (refusal.code, refusal.missing, refusal.discounted) == (
        "spend_too_low", Money(12_00), False)
    assert in_words(explain(answer)).unused[0].detail == "还差 ¥12.00"


def test_the_flag_that_forbids_is_named_whichever_side_it_is_on() -> None:
    shop = cart(line(PHOTOS, 100_00), line(PRINT, 100_00))
    bundle_applied = quote(shop, [RULE_1, one_price(199_00, can_use_coupon=True)], NOON)
    refusal = why(bundle_applied, "ONE_PRICE")
    assert (refusal.flag, refusal.flag_of, refusal.other) == (
        "can_use_with_one_price", RULE_1, RULE_1)
    priced = one_price(100_00)
    refusal = why(quote(shop, [priced, coupon(5_00)], NOON), "COUPON")
    assert (refusal.flag, refusal.flag_of, refusal.other) == ("can_use_coupon", priced, priced)
    refusal = why(quote(shop, [free_all(), RULE_1], NOON), "BUNDLE")
    assert (refusal.code, refusal.flag) == ("not_together", "stands_alone")


def test_a_worse_one_of_the_same_kind_says_what_it_would_cost() -> None:
    answer = quote(cart(line(PHOTOS, 100_00)), [code_percent(8000, 1), code_percent(9000, 2),
                                                coupon(10_00)], NOON)
    refusal = why(answer, "VOUCHER", 2)
    assert (refusal.code, refusal.instead, refusal.other.id) == ("not_cheaper", Money(80_00), 1)
    assert in_words(explain(answer)).unused[0].detail == "现在这样更便宜，用它要付 ¥80.00"


def test_an_equal_one_is_kept_for_later() -> None:
    answer = quote(cart(line(PHOTOS, 100_00)), [coupon(10_00, id=1), coupon(10_00, id=2)], NOON)
    assert why(answer, "COUPON", 2).instead == answer.final
    assert in_words(explain(answer)).unused[0].detail == "用它也是 ¥90.00"


def test_a_code_that_would_spoil_a_coupon_says_so() -> None:
    answer = quote(cart(line(PHOTOS, 200_00)), [coupon(40_00, 200_00), code_percent(9000)], NOON)
    refusal = why(answer, "VOUCHER")
    assert (refusal.code, refusal.instead, refusal.other) == ("not_cheaper", Money(180_00), None)


def test_bundles_say_how_much_is_missing() -> None:
    answer = quote(cart(line(PHOTOS, 45_00, 8)), [RULE_1, RULE_2, RULE_3], NOON)
    assert why(answer, "BUNDLE", 1).missing == 1
    either = why(answer, "BUNDLE", 2)
    assert (either.code, either.units, either.missing) == ("trigger_unmet", 2, Money(140_00))
    incomplete = why(answer, "BUNDLE", 3)
    assert (incomplete.code, incomplete.wanted, incomplete.missing) == (
        "combination_incomplete", (VLOG,), 1)
    assert [one.detail for one in in_words(explain(answer)).unused] == [
        "还差 1 种商品", "还差 2 件或 ¥140.00", "还差 1 件：Vlog视频"]


def test_validity_and_coverage_are_said_in_the_venues_words() -> None:
    shop = cart(line(PHOTOS, 45_00))
    answer = quote(shop, [
        coupon(5_00, id=1, starts=NOON + HOUR), coupon(5_00, id=2, ends=NOON),
        coupon(5_00, id=3, product_types=frozenset({VLOG, PRINT})), coupon(0, id=4),
        bundle("FIXED_DISCOUNT", 1_00, min_quantity=3)], NOON)
    assert [one.detail for one in in_words(explain(answer)).unused] == [
        "还差 2 件", "11-21 13:00 才开始", "11-21 12:00 到期了", "只用于照片打印、Vlog视频",
        "用了也是这个价"]
    assert [one.detail for one in in_words(explain(answer), ENGLISH).unused] == [
        "2 more to go", "Starts 11-21 13:00", "Ended 11-21 12:00", "Only for photo print, vlog",
        "It would not change the price"]


def test_titles_without_a_name_tell_the_offer() -> None:
    offers = [one_price(299_50), bundle("PERCENTAGE_DISCOUNT", 9000, 1, min_types=9),
              bundle("FIXED_DISCOUNT", 5_00, 2, min_types=9), free_all(1),
              each_less(5_00, 2), code_percent(0, 3), coupon(5_00, id=1),
              coupon_percent(8550, id=2), coupon_percent(8500, id=3, cap=50_00),
              coupon_percent(8500, 300_00, id=4), coupon_percent(8500, 300_00, id=5, cap=50_00)]
    answer = quote(cart(), offers, NOON)
    assert [one.title for one in in_words(explain(answer)).unused] == [
        "一口价 ¥299.50", "一起买 9 折", "一起买减 ¥5", "券码全场免费", "券码每件减 ¥5",
        "券码 免费", "立减 5", "8.55 折券", "8.5 折券，最多减 50", "满 300 打 8.5 折",
        "满 300 打 8.5 折，最多减 50"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(carts, offered)
def test_every_answer_can_be_said_in_both_languages(cart, ps) -> None:
    explanation = explain(quote(cart, ps, NOON))
    as_data(explanation)
    for language in (0, ENGLISH):
        said = in_words(explanation, language)
        texts = as_lines(said, language)
        assert len(texts) == 2 + len(said.rows) + len(said.unused)
        assert not any("{" in text or "None" in text for text in texts)
        assert all(note.code in REASONS or note.code == "trigger_unmet"
                   for note in explanation.notes)
        assert all(note.promotion.offer in OFFERS for note in explanation.notes)
