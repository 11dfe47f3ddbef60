"""Near-misses that a good front desk would understand: the right reading for each."""

from __future__ import annotations

import pytest

from core.vouchers.scan import Candidate, Form, Reading, Reason, Unreadable, read

SANDBOX = "127.0.0.1:8001"
SHORT_HOSTS = frozenset({"v.douyin.com", SANDBOX})
OWN_HOSTS = frozenset({"shop.example.com", "127.0.0.1:8000"})

MEITUAN = (Candidate("meituan", Form.CODE, "1234567890"),)
DOUYIN = (Candidate("douyin", Form.CODE, "107195826331058"),)
EITHER = (Candidate("meituan", Form.CODE, "407195826331"),
          Candidate("douyin", Form.CODE, "407195826331"))
SHORT = (Candidate("douyin", Form.SHORT_LINK, "https://v.douyin.com/eHHc1ft/"),)
SEALED = (Candidate("douyin", Form.ENCRYPTED_DATA, "CgwI+ARDi/LRiM=="),)
OURS = (Candidate("own", Form.OWN_CODE, "K7M49XRT2AHC"),)
LONG_LINK = ("https://www.iesdouyin.com/share/commerce/coupon/7212/?schema_type=13"
             "&object_id=CgwI%2BARDi%2FLRiM%3D%3D&utm_campaign=coupon_qr")

READINGS = [
    # plain digits
    ("Meituan code", "1234567890", MEITUAN),
    ("code of eleven digits that is no phone", "20719582633",
     (Candidate("meituan", Form.CODE, "20719582633"),)),
    ("twelve digits fit two platforms", "407195826331", EITHER),
    ("Douyin code", "107195826331058", DOUYIN),
    ("leading zeros stay", "0012345678", (Candidate("meituan", Form.CODE, "0012345678"),)),
    ("ten equal digits are one code", "1111111111",
     (Candidate("meituan", Form.CODE, "1111111111"),)),
    ("in fours", "1234 5678 90", MEITUAN),
    ("with dashes", "1234-5678-90", MEITUAN),
    ("with long dashes and dots", "1234\u20145678\u00b790", MEITUAN),
    ("with blanks around", "  1234567890\u3000", MEITUAN),
    ("full-width", "１２３４５６７８９０", MEITUAN),
    ("Arabic-Indic digits", "١٢٣٤٥٦٧٨٩٠", MEITUAN),
    ("keycap emoji", "1\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34567890", MEITUAN),
    ("zero-width characters", "1234\u200b5678\u200d90\ufeff", MEITUAN),
    ("right-to-left marks", "\u202e1234567890\u202c", MEITUAN),
    ("line break in the middle", "12345\n67890", MEITUAN),
    ("full stop behind", "1234567890。", MEITUAN),
    ("in quotation marks", "“1234567890”", MEITUAN),
    ("letter O for zero", "12345678 9O", MEITUAN),
    ("letter l for one", "l234567890", MEITUAN),
    # scanners
    ("Enter behind", "1234567890\r\n", MEITUAN),
    ("Tab behind", "1234567890\t", MEITUAN),
    ("framed by STX and ETX", "\x021234567890\x03", MEITUAN),
    ("NUL behind", "1234567890\x00", MEITUAN),
    ("fed twice", "12345678901234567890", MEITUAN),
    ("fed three times", "1234567890" * 3, MEITUAN),
    ("Douyin code fed twice", "107195826331058" * 2, DOUYIN),
    ("fed twice with Enter", "1234567890\r1234567890\r", MEITUAN),
    ("fed twice with Tab", "1234567890\t1234567890", MEITUAN),
    ("fed twice, full-width", "１２３４５６７８９０１２３４５６７８９０", MEITUAN),
    ("doubled Alipay-like code", "28123456782812345678",
     (Candidate("meituan", Form.CODE, "2812345678"),)),
    ("WeChat names the symbology", "CODE_128,1234567890", MEITUAN),
    ("symbology and double feed", "CODE_128,1234567890CODE_128,1234567890", MEITUAN),
    ("QR named", "QR_CODE,https://v.douyin.com/eHHc1ft/", SHORT),
    ("AIM identifier", "]C11234567890", MEITUAN),
    ("AIM identifier of a QR", "]Q3https://v.douyin.com/eHHc1ft/", SHORT),
    # messages
    ("labelled", "券码：1234 5678 90", MEITUAN),
    ("labelled in English", "code: 1234567890", MEITUAN),
    ("labelled with a number sign", "No. 1234567890", MEITUAN),
    ("SMS with date and hotline",
     "【美团】您的券码是1234567890，有效期至2026-12-24 23:59，客服13800138000。", MEITUAN),
    ("order page copied", "健身月卡 30 天\n券码\n1234 5678 90\n有效期至 2026.12.24", MEITUAN),
    ("semicolons", "券码：1234567890；订单号：8000007678483824642；", MEITUAN),
    ("dashes of a sentence", "券码——1234567890——别给别人", MEITUAN),
    ("only Chinese around it", "帮我核销1234567890", MEITUAN),
    ("Douyin named decides twelve digits", "抖音券码 407195826331", EITHER[1:]),
    ("Meituan named decides twelve digits", "美团 407195826331", EITHER[:1]),
    ("a wrong name decides nothing", "美团 107195826331058", DOUYIN),
    ("the same code twice in a text", "券码 1234567890，再说一遍 1234 5678 90", MEITUAN),
    ("labelled beside a foreign link", "券码：1234567890 详情 https://dpurl.cn/AbCd", MEITUAN),
    # JSON
    ("JSON", '{"code": "1234567890"}', MEITUAN),
    ("JSON with a number", '{"receiptCode": 1234567890}', MEITUAN),
    ("JSON with an underscore", '{"receipt_code":"1234567890","count":1}', MEITUAN),
    ("JSON inside data", '{"data": {"couponCode": "1234 5678 90"}}', MEITUAN),
    ("JSON naming the platform", '{"platform":"douyin","code":"407195826331"}', EITHER[1:]),
    ("JSON fed twice", '{"code":"1234567890"}{"code":"1234567890"}', MEITUAN),
    ("JSON with a link", '{"url":"https://v.douyin.com/eHHc1ft/"}', SHORT),
    ("JSON with encrypted data", '{"encrypted_data":"CgwI+ARDi/LRiM=="}', SEALED),
    ("JSON with both", '{"code":"1234567890","object_id":"CgwI+ARDi/LRiM=="}', SEALED),
    ("JSON, full-width", "｛＂code＂：＂１２３４５６７８９０＂｝", MEITUAN),
    # links
    ("short link", "https://v.douyin.com/eHHc1ft/", SHORT),
    ("short link without the last slash", "https://v.douyin.com/eHHc1ft",
     (Candidate("douyin", Form.SHORT_LINK, "https://v.douyin.com/eHHc1ft"),)),
    ("short link, very long", f"https://v.douyin.com/{'a' * 300}/",
     (Candidate("douyin", Form.SHORT_LINK, f"https://v.douyin.com/{'a' * 300}/"),)),
    ("short link over http", "http://v.douyin.com/eHHc1ft/", SHORT),
    ("short link with the usual port", "https://v.douyin.com:443/eHHc1ft/", SHORT),
    ("short link, host in capitals", "HTTPS://V.DOUYIN.COM/eHHc1ft/", SHORT),
    ("short link, root dot", "https://v.douyin.com./eHHc1ft/", SHORT),
    ("short link without a scheme", "v.douyin.com/eHHc1ft/", SHORT),
    ("share text", "7.41 复制打开抖音，看看【青屿健身】月卡 https://v.douyin.com/eHHc1ft/ "
     "08/12 kPX:/ a@Q.xS", SHORT),
    ("share text without blanks", "【抖音】快来https://v.douyin.com/eHHc1ft/复制此链接", SHORT),
    ("share text with a full-width stop", "看https://v.douyin.com/eHHc1ft/，打开Dou音", SHORT),
    ("short link in brackets", "(https://v.douyin.com/eHHc1ft/)", SHORT),
    ("short link fed twice", "https://v.douyin.com/eHHc1ft/" * 2, SHORT),
    ("short link fed twice with Enter", "https://v.douyin.com/eHHc1ft/\r\n" * 2, SHORT),
    ("short link, full-width", "ｈｔｔｐｓ：／／ｖ．ｄｏｕｙｉｎ．ｃｏｍ／ｅＨＨｃ１ｆｔ／", SHORT),
    ("short link typed through an input method", "https:、、v。douyin。com、eHHc1ft、", SHORT),
    ("short link with invisible characters", "https://v.douyin.com/eHHc\u200b1ft/", SHORT),
    ("short link in HTML", '<a href="https://v.douyin.com/eHHc1ft/">券</a>', SHORT),
    ("short link beside a foreign one", "https://example.com/ https://v.douyin.com/eHHc1ft/",
     SHORT),
    ("sandbox link", f"http://{SANDBOX}/dyshort/qr_1/",
     (Candidate("douyin", Form.SHORT_LINK, f"http://{SANDBOX}/dyshort/qr_1/"),)),
    ("sandbox link without a scheme", f"{SANDBOX}/dyshort/qr_1/",
     (Candidate("douyin", Form.SHORT_LINK, f"http://{SANDBOX}/dyshort/qr_1/"),)),
    ("long link", LONG_LINK, SEALED),
    ("long link fed twice", LONG_LINK * 2, SEALED),
    ("long link in share text", f"【抖音】我的券 {LONG_LINK} 快去用", SEALED),
    ("long link with a raw plus", "https://www.iesdouyin.com/x?object_id=CgwI+ARDi/LRiM==",
     SEALED),
    ("long link with the same id twice",
     "https://www.iesdouyin.com/x?object_id=CgwI%2BARDi/LRiM==&object_id=CgwI+ARDi/LRiM==",
     SEALED),
    ("long link on another Douyin host", "https://life.douyin.com/x?object_id=CgwI+ARDi/LRiM==",
     SEALED),
    # our own
    ("own code", "K7M49XRT2AHC", OURS),
    ("own code in fours", "K7M4 9XRT 2AHC", OURS),
    ("own code in small letters", "k7m4-9xrt-2ahc", OURS),
    ("own code, full-width", "Ｋ７Ｍ４９ＸＲＴ２ＡＨＣ", OURS),
    ("own code with look-alikes", "K7M4 9XRT ZAHC", OURS),
    ("own code fed twice", "K7M49XRT2AHC" * 2, OURS),
    ("own code labelled", "优惠码 K7M4 9XRT 2AHC 快来用", OURS),
    ("own code labelled in English", "code: K7M4 9XRT 2AHC", OURS),
    ("own code in a slip's link", "https://shop.example.com/v/K7M49XRT2AHC", OURS),
    ("own code as a parameter", "https://shop.example.com/v?code=K7M4%209XRT%202AHC", OURS),
    ("own code in a link of development", "http://127.0.0.1:8000/v/k7m49xrt2ahc", OURS),
    ("member's pass", "hxp:AbC_1.dEf-2.GhIjKlMnOp",
     (Candidate("own", Form.PASS, "AbC_1.dEf-2.GhIjKlMnOp"),)),
]


@pytest.mark.parametrize(
    ("text", "candidates"), [pytest.param(text, want, id=id_) for id_, text, want in READINGS]
)
def test_a_near_miss_is_understood(text: str, candidates: tuple[Candidate, ...]) -> None:
    result = read(text, short_link_hosts=SHORT_HOSTS, own_hosts=OWN_HOSTS)
    assert isinstance(result, Reading), result
    assert result.candidates == candidates


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=id_) for id_, text, _ in READINGS if text.isprintable()]
)
def test_bytes_read_like_text(text: str) -> None:
    hosts = {"short_link_hosts": SHORT_HOSTS, "own_hosts": OWN_HOSTS}
    assert read(text.encode(), **hosts) == read(text, **hosts)


def test_a_chinese_gun_may_send_gb18030() -> None:
    assert read("券码：1234567890".encode("gb18030")) == read("1234567890")


def test_our_own_page_is_for_a_phone() -> None:
    result = read("https://shop.example.com/k/7fd1c9", own_hosts=OWN_HOSTS)
    assert result == Unreadable(Reason.OWN_LINK)


def test_a_sandbox_host_means_nothing_unless_configured() -> None:
    result = read(f"http://{SANDBOX}/dyshort/qr_1/")
    assert isinstance(result, Unreadable)
    assert result.reason is Reason.PRIVATE_LINK


def test_a_listed_host_is_listed_with_its_port_only() -> None:
    result = read("http://127.0.0.1:6379/dyshort/qr_1/", short_link_hosts=SHORT_HOSTS)
    assert isinstance(result, Unreadable)
    assert result.reason is Reason.PRIVATE_LINK


def test_the_platform_that_a_clerk_chose_narrows_the_candidates() -> None:
    result = read("407195826331", platform="douyin")
    assert isinstance(result, Reading)
    assert result.candidates == EITHER[1:]


def test_a_code_of_another_platform_than_chosen_is_said_to_be_so() -> None:
    assert read("107195826331058", platform="meituan") == Unreadable(
        Reason.WRONG_PLATFORM, {"platforms": ["douyin"]})


@pytest.mark.parametrize("text", ["1234567890", "AB-12345", "4071958263310582"])
def test_a_shop_without_platform_access_takes_any_short_code(text: str) -> None:
    result = read(text, platform="manual")
    assert isinstance(result, Reading)
    assert result.candidates == (
        Candidate("manual", Form.CODE, text.replace("-", "")),)


@pytest.mark.parametrize("text", ["134567890123456789", "13800138000", "https://example.com/",
                                  "https://v.douyin.com/eHHc1ft/", "券码在哪里"])
def test_a_shop_without_platform_access_takes_no_rubbish_either(text: str) -> None:
    assert isinstance(read(text, platform="manual"), Unreadable)


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=id_) for id_, text, _ in READINGS]
)
def test_nothing_shown_or_logged_holds_the_code(text: str) -> None:
    result = read(text, short_link_hosts=SHORT_HOSTS, own_hosts=OWN_HOSTS)
    assert isinstance(result, Reading)
    for candidate in result.candidates:
        assert candidate.value not in repr(result)
        assert candidate.value not in result.shown
