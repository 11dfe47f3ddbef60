"""A code on paper: the original once, then marked reprints; every form can be read (P43, P54,
P94)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from core.errors import Conflict, InvalidInput, VoucherError
from core.pricing.phrases import CHINESE, ENGLISH
from core.services.pricing.prints import Form, Printed, Which
from core.services.slips.escpos import CHINESE_ON, CUT, RESET
from core.services.slips.slip import Paper
from core.store.tables import PriceVoucherCode, VoucherPrint
from tests.services.pricing.photo_shop import PhotoShop
from tests.services.pricing.test_claiming_codes import a_batch, claim
from tests.services.racing import together


def print_(shop: PhotoShop, form: Form = Form.ESCPOS, **more: object) -> Printed:
    return shop.pricing.prints.print_one(Which(face_id="face-lin"), shop.kiosk, form=form,
                                         **more)  # type: ignore[arg-type]


def read(picture: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]


def test_the_second_print_says_that_it_is_one(shop: PhotoShop) -> None:
    a_batch(shop)
    claim(shop)
    first, second, third = (print_(shop) for _ in range(3))
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert "补打".encode("gb18030") not in first.content
    assert "补打 2".encode("gb18030") in second.content
    assert b"Reprint 4" in print_(shop, language=ENGLISH).content
    assert [(row.number, row.face_id, row.printed_by_kind)
            for row in shop.rows(VoucherPrint)] == [
        (number, "face-lin", "kiosk") for number in (1, 2, 3, 4)]


def test_two_printers_at_once_make_one_original(shop: PhotoShop) -> None:
    a_batch(shop)
    claim(shop)
    made = together(*[lambda: print_(shop)] * 4)
    assert sorted(one.number for one in made) == [1, 2, 3, 4]


@pytest.mark.parametrize("paper", Paper)
def test_the_picture_carries_the_code_as_qr(shop: PhotoShop, paper: Paper) -> None:
    a_batch(shop)
    claim(shop)
    code = shop.rows(PriceVoucherCode, PriceVoucherCode.face_id == "face-lin")[0].code
    for language in (CHINESE, ENGLISH):
        made = print_(shop, Form.PNG, paper=paper, language=language)
        assert read(made.content) == [code]
        assert made.media_type == "image/png"
    assert Image.open(BytesIO(made.content)).width == paper.dots


def test_the_pdf_is_one_page(shop: PhotoShop) -> None:
    a_batch(shop)
    claim(shop)
    made = print_(shop, Form.PDF)
    assert made.content.startswith(b"%PDF-") and made.content.count(b"/Type /Page\n") == 1


def test_the_printers_bytes_switch_chinese_on_and_cut(shop: PhotoShop) -> None:
    a_batch(shop)
    code = claim(shop)
    content = print_(shop).content
    assert content.startswith(RESET + CHINESE_ON) and CUT in content
    for text in (code.code, "湖心亭", "春游", "8.5 折"):
        assert text.encode("gb18030") in content
    assert code.code.replace(" ", "").encode() in content  # the QR's data


def test_what_can_no_longer_be_used_is_not_printed(shop: PhotoShop) -> None:
    a_batch(shop, ends=shop.clock.now() + timedelta(hours=1))
    code = claim(shop)
    shop.pricing.codes.use(code.id, shop.clerk)
    with pytest.raises(Conflict, match="code_used"):
        print_(shop)
    claim(shop, "face-2")
    shop.pass_time(hours=2)
    with pytest.raises(Conflict, match="code_expired"):
        shop.pricing.prints.print_one(Which(face_id="face-2"), shop.kiosk)
    assert shop.rows(VoucherPrint) == []


def test_who_prints_what(shop: PhotoShop) -> None:
    a_batch(shop)
    code = claim(shop)
    prints = shop.pricing.prints.print_one
    assert prints(Which(scenic_id=shop.lake), shop.lin, form=Form.ESCPOS).number == 1
    free = shop.rows(PriceVoucherCode, PriceVoucherCode.status == 0)[0]
    assert prints(Which(code_id=free.id), shop.clerk, form=Form.ESCPOS).number == 1
    with pytest.raises(Conflict, match="code_not_claimed"):
        prints(Which(code_id=free.id), shop.kiosk)
    for which, actor in ((Which(scenic_id=shop.lake, code=code.code), shop.wang),
                         (Which(code="AAAA"), shop.clerk),
                         (Which(code=code.code), shop.hill_manager)):
        with pytest.raises(VoucherError, match="voucher_not_found"):
            prints(which, actor)
    with pytest.raises(InvalidInput, match="claimer_needed"):
        prints(Which(), shop.kiosk)


def test_a_repeated_request_prints_no_second_slip(shop: PhotoShop) -> None:
    from core.api.idempotency import SentKey

    a_batch(shop)
    claim(shop)
    key = SentKey("kiosk:1", "p1", "f" * 64)
    assert print_(shop, key=key).number == print_(shop, key=key).number == 1
