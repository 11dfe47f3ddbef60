"""A photo does what the code in it would do."""

from __future__ import annotations

import io

import qrcode
from PIL import Image, ImageDraw

from tests.bot.talk import Talk
from tests.builders import Chain


def picture(*texts: str, turned: int = 0) -> bytes:
    """A photo of QR codes beside each other, turned by some degrees."""
    page = Image.new("L", (60 + 420 * max(len(texts), 1), 480), 235)
    for place, text in enumerate(texts):
        code = qrcode.make(text).get_image().convert("L").resize((360, 360))
        page.paste(code, (60 + 420 * place, 60))
    turned_page = page.rotate(turned, expand=True, fillcolor=235)
    file = io.BytesIO()
    turned_page.save(file, "JPEG", quality=80)
    return file.getvalue()


def test_a_rotated_qr_code_is_redeemed(chain: Chain, chat: Talk) -> None:
    bought = chain.buy("douyin")
    assert "手机号" in chat.photo(picture(bought.qr, turned=17))
    chat.say("13700000001")
    assert chat.say("确认").startswith("✅") and chain.consumed(bought) == 1


def test_a_photo_without_a_code_says_so(chain: Chain, chat: Talk) -> None:
    page = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(page)
    for row in range(40):
        draw.text((10, row * 15), "order 1234567890 paid 199.00 valid to 2027-01-15", fill="black")
    file = io.BytesIO()
    page.save(file, "PNG")
    assert "没找到码" in chat.photo(file.getvalue())


def test_the_one_code_in_a_screenshot_full_of_text_is_taken(chain: Chain, chat: Talk) -> None:
    bought = chain.buy("douyin")
    page = Image.new("RGB", (1080, 1920), "white")
    draw = ImageDraw.Draw(page)
    for row in range(120):
        draw.text((10, row * 16), f"order {row}1234567890 paid 199.00 13800138000", fill="black")
    page.paste(qrcode.make(bought.qr).get_image().convert("RGB").resize((400, 400)), (340, 700))
    file = io.BytesIO()
    page.save(file, "PNG")
    assert "手机号" in chat.photo(file.getvalue())


def test_two_vouchers_in_one_photo_are_asked_for_one_by_one(chain: Chain, chat: Talk) -> None:
    codes = [chain.buy().code for _ in range(2)]
    assert "一次发一个" in chat.photo(picture(*codes))


def test_a_photo_of_something_else_gets_a_reason(chain: Chain, chat: Talk) -> None:
    assert "不是券" in chat.photo(picture("WIFI:T:WPA;S:gym;P:secret;;"))


def test_a_photo_of_another_venues_voucher_names_it(chain: Chain, chat: Talk) -> None:
    assert "城西店可以用" in chat.photo(picture(chain.buy(sku="west_only").code))


def test_a_broken_picture_is_no_trouble(chain: Chain, chat: Talk) -> None:
    assert "打不开" in chat.photo(b"\xff\xd8\xff not a picture")


def test_a_picture_that_is_gone_is_said(chain: Chain, chat: Talk) -> None:
    chat.fault("wecom", "/cgi-bin/media/get", "http_500", 9)
    answer = chat.photo(picture(chain.buy().code))
    assert "还没回话" in answer or "忙" in answer
