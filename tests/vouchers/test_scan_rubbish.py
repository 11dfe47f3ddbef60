"""What is shown to a scanner and is no voucher: each gets its reason, none reaches a platform.

RUBBISH is used again by the end-to-end test that reads the sandbox's request log.
"""

from __future__ import annotations

import json

import pytest

from core.api.phrases import SENTENCES
from core.vouchers.scan import Reason, Unreadable, read

MEGABYTES = "9" * 3_000_000

RUBBISH: list[tuple[str, str, str]] = [
    # nothing, too much, broken
    ("nothing", "", "empty"),
    ("only blanks", " \u3000\t\r\n ", "empty"),
    ("only invisible characters", "\u200b\ufeff\u2060\u00ad", "empty"),
    ("only NULs", "\x00\x00\x00", "empty"),
    ("megabytes of digits", MEGABYTES, "too_long"),
    ("megabytes of blanks around a code", "1234567890" + " " * 2_000_000, "too_long"),
    ("a character that unfolds to eighteen", "\ufdfa" * 1000, "too_long"),
    ("NUL inside a code", "12345\x0067890", "unreadable"),
    ("escape sequence inside a code", "12345\x1b[31m67890", "unreadable"),
    ("group separator of a parcel label", "12345\x1d67890", "unreadable"),
    ("NUL hidden in a JSON escape", '{"code": "12345\\u000067890"}', "unreadable"),
    ("JSON cut off", '{"code": "1234567890"', "unreadable"),
    ("a thousand brackets", "[" * 4000, "not_a_code"),
    ("a thousand braces", '{"a":' * 800, "unreadable"),
    ("JSON about something else", '{"name": "张三", "age": 30}', "not_a_code"),
    ("JSON with an empty code", '{"code": ""}', "not_a_code"),
    ("JSON with a list for a code", '{"code": ["1234567890"]}', "not_a_code"),
    ("lone surrogate", "\ud83d1234", "not_a_code"),
    ("emoji", "🎫🎫🎫", "not_a_code"),
    ("words", "你好，我来核销", "not_a_code"),
    ("replacement characters of a wrong encoding", "\ufffd\ufffd\ufffd", "not_a_code"),
    # numbers that are something else
    ("one digit", "7", "not_a_code"),
    ("one digit short of Meituan", "123456789", "wrong_length"),
    ("between Meituan and Douyin", "4071958263310", "wrong_length"),
    ("one digit short of Douyin", "40719582633105", "wrong_length"),
    ("one digit more than Douyin", "4071958263310582", "wrong_length"),
    ("double feed with a digit lost", "1234567890123456789", "unreadable"),
    ("double feed with the tail lost", "12345678901234567", "unreadable"),
    ("SMS password", "482913", "wrong_length"),
    ("labelled but too short", "券码：123456789", "wrong_length"),
    ("labelled in a sentence but too short", "您的券码是123456789，谢谢", "wrong_length"),
    ("date", "2026-12-24", "wrong_length"),
    ("date and time of ten digits", "2026-12-24 14:30", "not_a_code"),
    ("fractional number", "12345.67890", "not_a_code"),
    ("negative exponent", "1e10", "not_a_code"),
    ("network address of ten digits", "192.168.100.1", "not_a_code"),
    ("Douyin order number", "8000007678483824642", "order_number"),
    ("Meituan order number", "498600000000000000123456", "order_number"),
    ("labelled order number", "订单号：8000007678483824642", "order_number"),
    ("WeChat payment code", "134567890123456789", "payment_code"),
    ("WeChat payment code in fours", "1345 6789 0123 4567 89", "payment_code"),
    ("Alipay payment code", "281234567890123456", "payment_code"),
    ("Alipay payment code of 24 digits", "301234567890123456789012", "payment_code"),
    ("UnionPay payment code", "6212345678901234567", "payment_code"),
    ("payment code scanned twice", "134567890123456789" * 2, "payment_code"),
    ("WeChat collection code", "wxp://f2f0abcdefghijkl", "payment_code"),
    ("WeChat order to pay", "weixin://wxpay/bizpayurl?pr=abc", "payment_code"),
    ("Alipay collection code", "https://qr.alipay.com/fkx123456789", "payment_code"),
    ("Alipay collection code in capitals", "HTTPS://QR.ALIPAY.COM/FKX123456789", "payment_code"),
    ("UnionPay collection code", "https://qr.95516.com/00010000/abc", "payment_code"),
    ("mobile number", "13800138000", "phone_number"),
    ("mobile number with country code", "+86 138-0013-8000", "phone_number"),
    ("mobile number scanned twice", "1380013800013800138000", "phone_number"),
    ("masked mobile number", "138****8000", "phone_number"),
    ("mobile number in a sentence", "我的手机 138 0013 8000", "phone_number"),
    ("landline of twelve digits", "0571-88000000", "phone_number"),
    ("hotline of ten digits", "400-800-1234", "phone_number"),
    ("telephone link", "tel:4008001234", "phone_number"),
    ("identity number", "11010519491231002X", "id_card"),
    ("identity number that begins like a payment code", "110101199003070011", "id_card"),
    ("drink", "6901234567892", "product_barcode"),
    ("drink by WeChat's scanner", "EAN_13,6901234567892", "product_barcode"),
    ("drink from America", "UPC_A,012345678905", "product_barcode"),
    ("drink by a gun that names symbologies", "]E06901234567892", "product_barcode"),
    ("book", "978-7-111-54742-6", "product_barcode"),
    ("code from a slip with its middle hidden", "1234****90", "masked_code"),
    ("two codes in lines", "1234567890\n9876543210", "several_codes"),
    ("two codes with a blank", "1234567890 9876543210", "several_codes"),
    ("two codes that joined look like Alipay", "2512345678 2598765432", "several_codes"),
    ("two codes with a full-width comma", "1234567890，9876543210", "several_codes"),
    ("two codes in a message", "美团券 1234567890 和 9876543210", "several_codes"),
    ("two codes in JSON", '["1234567890", "9876543210"]', "several_codes"),
    ("two short links", "https://v.douyin.com/aaa/ https://v.douyin.com/bbb/",
     "several_codes"),
    ("code of a platform and one of ours", "1234567890, K7M4 9XRT 2AHC", "several_codes"),
    # our own codes
    ("own code, one character wrong", "K7M4 9XRT 2AHD", "own_code_typo"),
    ("own code, neighbours swapped", "K7M4 9XTR 2AHC", "own_code_typo"),
    ("own code, last character missing", "K7M4 9XRT 2AH", "own_code_typo"),
    ("own code, one character more", "K7M4 9XRT 2AHCC", "own_code_typo"),
    ("own code with a letter we never print", "K7M4 9XRT 2VHC", "own_code_typo"),
    ("member pass cut off", "hxp:abc", "unreadable"),
    # other people's QR codes
    ("Wi-Fi", "WIFI:T:WPA;S:QingYu;P:12345678;;", "other_qr"),
    ("business card", "BEGIN:VCARD\nVERSION:3.0\nTEL:13800138000\nEND:VCARD", "other_qr"),
    ("contact of a phone", "MECARD:N:Lin;TEL:13800138000;;", "other_qr"),
    ("WeChat friend", "https://u.wechat.com/EAbcdef", "other_qr"),
    ("WeChat group", "https://weixin.qq.com/g/AbCdEf", "other_qr"),
    ("mail", "mailto:a@example.com", "other_qr"),
    ("message", "SMSTO:10086:1234567890", "other_qr"),
    ("one-time password", "otpauth://totp/x?secret=ABC", "other_qr"),
    ("table of a restaurant", "https://menu.example.com/t/12?code=1234567890",
     "other_shop_link"),
    ("other marketplace's share text", "【淘宝】https://m.tb.cn/h.AbC CZ0001 「瑜伽垫」",
     "other_shop_link"),
    ("foreign link with an object_id", "https://example.com/?object_id=CgwIARDiLRiM",
     "other_shop_link"),
    ("platform's name as a subdomain", "https://v.douyin.com.example.com/abc/",
     "other_shop_link"),
    ("platform's name as a path", "https://example.com/v.douyin.com/abc/", "other_shop_link"),
    ("platform's name with more in front", "https://notv.douyin.com.cn/abc/",
     "other_shop_link"),
    ("platform's link as somebody's parameter", "https://example.com/?u=https://v.douyin.com/a/",
     "other_shop_link"),
    ("link without a scheme", "www.example.com/voucher/1234567890", "other_shop_link"),
    ("Douyin video", "https://www.douyin.com/video/7212557509230723106", "no_code_in_link"),
    ("Douyin's front page", "https://v.douyin.com/", "no_code_in_link"),
    ("path that climbs", "https://v.douyin.com/../admin", "no_code_in_link"),
    ("Meituan's page of an offer", "https://g.meituan.com/app/deal?id=12345", "no_code_in_link"),
    ("Meituan short link", "http://dpurl.cn/AbCd123", "no_code_in_link"),
    ("Meituan's app", "imeituan://www.meituan.com/order?id=1", "no_code_in_link"),
    ("object_id encoded twice", "https://www.iesdouyin.com/x?object_id=CgwI%252BARDi%253D",
     "unreadable"),
    ("object_id too short", "https://www.iesdouyin.com/x?object_id=abc", "unreadable"),
    ("two different object_ids",
     "https://www.iesdouyin.com/x?object_id=CgwIARDiLRiM&object_id=CgwIARDiLRiN", "unreadable"),
    # attacks
    ("cloud metadata", "http://169.254.169.254/latest/meta-data/", "private_link"),
    ("this machine", "http://localhost:3306/", "private_link"),
    ("this machine by number", "http://127.0.0.1:6379/", "private_link"),
    ("this machine, short", "http://127.1/", "private_link"),
    ("this machine, decimal", "http://2130706433/", "private_link"),
    ("this machine, hexadecimal", "http://0x7f000001/", "private_link"),
    ("this machine, octal", "http://0177.0.0.1/", "private_link"),
    ("this machine, IPv6", "http://[::1]/", "private_link"),
    ("private network inside IPv6", "http://[::ffff:10.0.0.1]/", "private_link"),
    ("router", "http://192.168.1.1/", "private_link"),
    ("router, full-width", "ｈｔｔｐ：／／１９２.１６８.１.１／", "private_link"),
    ("any address", "http://0.0.0.0/", "private_link"),
    ("name inside", "http://redis:6379/", "private_link"),
    ("name inside with a suffix", "http://db.internal/", "private_link"),
    ("private link and an object_id", "http://10.0.0.1/?object_id=CgwIARDiLRiM", "private_link"),
    ("private link beside a labelled code", "券码：1234567890 http://10.0.0.1/", "private_link"),
    ("script link", "javascript:alert(1234567890)", "unsafe_link"),
    ("script link dressed as ours", "javascript://v.douyin.com/%0aalert(1)", "unsafe_link"),
    ("data link", "data:text/html,<h1>1234567890</h1>", "unsafe_link"),
    ("file link", "file:///etc/passwd", "unsafe_link"),
    ("other protocol at a listed host", "ftp://v.douyin.com/abc/", "unsafe_link"),
    ("directory service", "ldap://v.douyin.com/abc", "unsafe_link"),
    ("user name before the real host", "https://v.douyin.com@example.com/abc/", "unsafe_link"),
    ("user name and password", "https://a:b@v.douyin.com/abc/", "unsafe_link"),
    ("backslash", "https://v.douyin.com\\@example.com/abc/", "unsafe_link"),
    ("backslash in the path", "https://v.douyin.com/abc\\..\\admin", "unsafe_link"),
    ("unusual port at a listed host", "https://v.douyin.com:8443/abc/", "unsafe_link"),
    ("port that is no number", "https://v.douyin.com:80a/abc/", "unsafe_link"),
    ("port zero", "https://v.douyin.com:0/abc/", "unsafe_link"),
    ("Cyrillic letter in the host", "https://v.d\u043euyin.com/abc/", "unsafe_link"),
    ("the same in punycode", "https://v.xn--duyin-jye.com/abc/", "unsafe_link"),
    ("broken IPv6", "http://[::1/", "unsafe_link"),
    ("empty host", "https:///abc/", "unsafe_link"),
    ("SQL after a code", "1234567890' OR '1'='1", "not_a_code"),
    ("SQL without quotes", "1234567890 OR 1=1 --", "not_a_code"),
    ("SQL that drops", "1234567890; DROP TABLE vouchers", "not_a_code"),
    ("SQL query", "SELECT * FROM vouchers WHERE code=1234567890", "not_a_code"),
    ("HTML", "<b>1234567890</b>", "not_a_code"),
    ("script tag in a labelled code", "券码：<script>1234567890</script>", "not_a_code"),
    ("template", "{{1234567890}}", "unreadable"),
    ("lookup", "${jndi:ldap://example.com/1234567890}", "not_a_code"),
    ("shell", "$(reboot) 1234567890", "not_a_code"),
    ("path", "../../etc/passwd", "not_a_code"),
    ("format string", "%s%s%s%n", "not_a_code"),
    ("password of the Wi-Fi", "Wi-Fi 密码 1234567890", "not_a_code"),
    ("parcel number", "快递单号 123456789012", "not_a_code"),
]


@pytest.mark.parametrize(
    ("text", "reason"), [pytest.param(text, reason, id=id_) for id_, text, reason in RUBBISH]
)
def test_rubbish_gets_its_reason(text: str, reason: str) -> None:
    result = read(text)
    assert isinstance(result, Unreadable)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"), [pytest.param(text, reason, id=id_) for id_, text, reason in RUBBISH]
)
def test_rubbish_is_rubbish_for_each_platform_that_a_clerk_may_choose(
    text: str, reason: str
) -> None:
    assert read(text, platform="meituan") == read(text, platform="douyin") == read(text)


def test_there_are_more_than_sixty_kinds_and_each_reason_occurs() -> None:
    assert len(RUBBISH) >= 60
    assert len({id_ for id_, _, _ in RUBBISH}) == len(RUBBISH)
    needs_settings = {Reason.OWN_LINK, Reason.WRONG_PLATFORM}
    assert {reason for _, _, reason in RUBBISH} == set(Reason) - needs_settings


def test_facts_are_json_and_never_hold_the_whole_number() -> None:
    for _, text, _ in RUBBISH:
        result = read(text)
        assert isinstance(result, Unreadable)
        facts = json.dumps(dict(result.facts))
        assert not any(len(run) > 6 for run in "".join(
            c if c.isdigit() else " " for c in facts).split())


def test_every_reason_has_a_sentence() -> None:
    assert {reason.value for reason in Reason} <= set(SENTENCES)


@pytest.mark.parametrize("data", [
    pytest.param(b"\xff" * 20_000_000, id="megabytes of bytes"),
    pytest.param(b"\x00\xff\x00", id="bytes that are no text"),
    pytest.param("二维码".encode("gb18030"), id="words as a Chinese gun sends them"),
    pytest.param("1234567890".encode("utf-16"), id="text in UTF-16"),
])
def test_bytes_of_rubbish_get_a_reason(data: bytes) -> None:
    assert isinstance(read(data), Unreadable)
