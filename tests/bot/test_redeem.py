"""Staff redeem by talking: code, summary, yes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.bot.talk import Talk
from tests.builders import Chain

PHONE = "13700000001"
LIN = "13800138000"
"""林知夏, a member already."""


def test_a_code_a_phone_and_a_yes_open_a_card(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chat.say(f"核销 {bought.code}")
    assert "手机号" in asked and chain.consumed(bought) == 0
    summary = chat.say(PHONE)
    assert "核销这张，对吗" in summary and "开月卡 30 天" in summary
    assert "实付：¥199.00" in summary
    assert "137****0001" in summary and chain.consumed(bought) == 0
    done = chat.say("确认")
    assert done.startswith("✅ 月卡 30 天开好了") and "单号：H " in done and "撤销 H" in done
    assert chain.consumed(bought) == 1


@pytest.mark.parametrize("form", [
    "核销 {code} {phone}", "核销{code} {phone}", "{code} {phone}", "hx {code} {phone}",
    "HX {code} {phone}", "hx{code} {phone}", "redeem {code} {phone}", "验券：{code} {phone}",
    "核销　{wide}　{phone}", "  核销   {spaced}   {phone} ", "券码：{code} {phone}",
])
def test_every_way_to_say_it(chain: Chain, chat: Talk, form: str) -> None:
    code = chain.buy(sku="season_card").code
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    spaced = " ".join((code[:4], code[4:8], code[8:]))
    summary = chat.say(form.format(code=code, phone=PHONE, wide=wide, spaced=spaced))
    assert "核销这张，对吗" in summary and "季卡 90 天" in summary


def test_a_bare_code_asks_for_the_phone(chain: Chain, chat: Talk) -> None:
    assert "手机号" in chat.say(chain.buy().code)


def test_a_scan_from_the_menu_redeems(chain: Chain, chat: Talk) -> None:
    bought = chain.buy("douyin")
    assert "手机号" in chat.scan(bought.qr)
    assert "核销这张" in chat.say(PHONE)
    assert chat.say("确认").startswith("✅") and chain.consumed(bought) == 1


def test_a_barcode_scan_comes_with_its_symbology(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    asked = chat.event("scancode_waitmsg", "核销", f"CODE_128,{bought.code}",
                       scan_type="barcode")
    assert "手机号" in asked


def test_the_lookup_menu_changes_nothing(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    assert "未核销，这次没动它" in chat.scan(bought.code, "查")
    assert chain.consumed(bought) == 0


def test_a_member_with_a_card_may_renew_or_open(chain: Chain, chat: Talk) -> None:
    first = chain.buy()
    chat.say(f"{first.code} {LIN}")
    chat.say("确认")
    second = chain.buy()
    asked = chat.say(f"{second.code} {LIN}")
    assert "办哪一个" in asked and "1 续月卡" in asked and "2 开月卡" in asked
    assert "续月卡 30 天" in chat.say("1")
    done = chat.say("确认")
    assert "续好了" in done and "多了 30 天" in done


def test_a_class_is_picked_by_its_number(chain: Chain, chat: Talk) -> None:
    chain.class_tonight()
    chain.class_tonight(starts_in=timedelta(hours=5))
    bought = chain.buy("douyin", "class")
    asked = chat.scan(bought.qr)
    asked = chat.say(LIN)
    assert "个位" in asked and "1 约" in asked
    assert "核销这张" in chat.say("2")
    assert chat.say("确认").startswith("✅ 约好了")
    assert chain.consumed(bought) == 1


def test_an_answer_that_is_no_number_is_read_anew(chain: Chain, chat: Talk) -> None:
    chain.class_tonight()
    chain.class_tonight(starts_in=timedelta(hours=5))
    chat.scan(chain.buy("douyin", "class").qr)
    chat.say(LIN)
    assert "没听懂" in chat.say("随便")
    assert "核销这张" in chat.say("1")


def test_several_certificates_are_asked_one_by_one(chain: Chain, chat: Talk) -> None:
    several = chain.buy_all("douyin", quantity=2)
    asked = chat.scan(several[0].qr)
    assert "这单有 2 张券" in asked
    assert "手机号" in chat.say("2")
    chat.say(PHONE)
    assert chat.say("确认").startswith("✅")
    assert sum(map(chain.consumed, several)) == 1


def test_several_uses_of_a_times_card(chain: Chain, chat: Talk) -> None:
    bought = chain.buy(sku="times_card")
    summary = chat.say(f"核销 {bought.code} {LIN} 3次")
    assert "这次用：3 次，用完还剩 7 次" in summary
    assert chat.say("确认").startswith("✅") and chain.consumed(bought) == 3
    assert "剩下的次数不够" in chat.say(f"核销 {bought.code} {LIN} 8次")


def test_cancel_leaves_the_voucher_alone(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    assert "不办了" in chat.say("取消")
    assert "没有等你确认的" in chat.say("确认") and chain.consumed(bought) == 0


def test_a_yes_after_two_minutes_does_nothing(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    chain.pass_time(timedelta(seconds=121))
    assert "没有等你确认的" in chat.say("确认") and chain.consumed(bought) == 0


def test_a_colleagues_yes_is_not_mine(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}", as_="林小满")
    assert "没有等你确认的" in chat.say("确认", as_="梅雪") and chain.consumed(bought) == 0


def test_two_yeses_at_once_redeem_once(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(chat.say("确认")))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert chain.consumed(bought) == 1
    assert sum("开好了" in answer for answer in answers) >= 1
    assert all("开好了" in answer or "没有等你确认的" in answer or "还没回话" in answer
               for answer in answers), answers


def test_a_resent_yes_hears_the_same_and_redeems_once(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    first = chat.say("确认")
    assert chat.resend() == first and chat.resend() == first
    assert chain.consumed(bought) == 1


def test_a_resent_code_does_not_ask_the_platform_again(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    first = chat.say(f"核销 {bought.code}")
    chat.fault("meituan", "*", "http_500", count=5)
    assert chat.resend() == first


def test_another_venues_voucher_names_the_right_one(chain: Chain, chat: Talk) -> None:
    answer = chat.say(f"核销 {chain.buy(sku='west_only').code}")
    assert answer == "这张券滨江店用不了。券没事，城西店可以用"


def test_a_used_voucher_says_when_where_and_by_whom(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    chat.say("确认")
    answer = chat.say(f"核销 {bought.code}", as_="梅雪")
    assert "在滨江店由林小满核销过了" in answer and "这次没动它" in answer


def test_a_voucher_without_a_product_is_left_alone_and_named(chain: Chain, chat: Talk) -> None:
    bought = chain.buy(sku="unmapped")
    answer = chat.say(f"核销 {bought.code}")
    assert "店里还没设好，券没动" in answer and "（H " in answer and chain.consumed(bought) == 0


def test_guessing_codes_is_slowed_down(chain: Chain, chat: Talk) -> None:
    for number in range(10):
        assert "查不到这张券" in chat.say(f"核销 90000000{number:02d}")
    assert "秒后再试" in chat.say("核销 9000000099")
    assert "秒后再试" in chat.say(f"核销 {chain.buy().code}"), "also with a right one"
    assert "手机号" in chat.say(f"核销 {chain.buy().code}", as_="梅雪"), "others go on"
    chain.pass_time(timedelta(minutes=11))
    assert "手机号" in chat.say(f"核销 {chain.buy().code}")


def test_a_lost_answer_is_said_to_be_unknown_and_told_later(chain: Chain, chat: Talk) -> None:
    bought = chain.buy()
    chat.say(f"{bought.code} {PHONE}")
    chat.fault("meituan", "/ddzh/tuangou/receipt/consume", "timeout_after_commit", count=3)
    answer = chat.say("确认")
    assert "美团还没回话，正在查" in answer and "最多只会用掉一次" in answer
    assert "开好了" not in answer
    chain.pass_time(timedelta(seconds=20))
    chain.services.settle.run()
    chat.deliver()
    assert "有结果了：月卡 30 天开好了" in chat.texts()[-1]
    assert chain.consumed(bought) == 1


def test_a_busy_platform_leaves_the_voucher_alone(chain: Chain, chat: Talk) -> None:
    chat.fault("meituan", "*", "rate_limited", count=9)
    answer = chat.say(f"核销 {chain.buy().code}")
    assert "美团这会儿忙，券没动" in answer or "还没回话" in answer


@pytest.mark.parametrize("text, says", [
    ("核销 134567890123456789", "付款码"), ("核销 " + LIN, "手机号"),
    ("核销 你好", "没认出"), ("核销", "把券码"), ("核销 https://evil.example/x", "券"),
])
def test_what_is_no_voucher_gets_a_reason(chain: Chain, chat: Talk, text: str, says: str) -> None:
    assert says in chat.say(text)


def test_english_speakers_get_english(chain: Chain, chat: Talk) -> None:
    assert "English" in chat.say("english")
    bought = chain.buy()
    assert "Send the member's phone number" in chat.say(f"redeem {bought.code}")
    assert "Redeem this one?" in chat.say(PHONE)
    assert chat.say("yes").startswith("✅ 月卡 30 天 opened")
    assert "中文" in chat.say("中文")
    assert "把券码" in chat.say("redeem")
