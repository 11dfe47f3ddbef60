"""A photo of a code is read however it was taken; a hostile or broken picture is refused."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from core.errors import InvalidInput
from core.services.decode_image import MOST_BYTES, MOST_PIXELS, decode
from core.vouchers.scan import Reading, read

LINK = "https://v.douyin.com/eHHc1ft/"
TABLE = (120, 130, 140)


def a_qr(text: str = LINK, module: int = 6) -> Image.Image:
    code = qrcode.QRCode(box_size=module, border=4)
    code.add_data(text)
    return code.make_image().get_image().convert("L")


def a_barcode(text: str, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.Code128
              ) -> Image.Image:
    drawn = memoryview(zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, kind), scale=3))
    height, width = drawn.shape
    bars = Image.frombytes("L", (width, height), drawn.tobytes())
    return ImageOps.expand(bars.resize((width, 90)), 40, 255)


def a_photo(code: Image.Image, size: int, angle: float, scene: tuple[int, int] = (1280, 720),
            blur: float = 0) -> Image.Image:
    """The code, `size` pixels wide and turned, on a grey table."""
    photo = Image.new("RGB", scene, TABLE)
    scaled = code.convert("RGB").resize((size, size * code.height // code.width),
                                        Image.Resampling.LANCZOS)
    photo.paste(scaled.rotate(angle, expand=True, fillcolor=TABLE), (scene[0] // 3, scene[1] // 4))
    return photo.filter(ImageFilter.GaussianBlur(blur)) if blur else photo


def file_of(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    saved = BytesIO()
    picture.save(saved, kind, **options)
    return saved.getvalue()


def jpeg(picture: Image.Image, quality: int = 60) -> bytes:
    return file_of(picture.convert("RGB"), "JPEG", quality=quality)


def on_transparent(code: Image.Image) -> Image.Image:
    glass = Image.new("RGBA", code.size, (0, 0, 0, 0))
    glass.putalpha(ImageOps.invert(code))
    return glass


PHOTOS: dict[str, Callable[[], bytes]] = {
    "as drawn": lambda: file_of(a_qr()),
    "turned by 17 degrees, 220 pixels, JPEG 60": lambda: jpeg(a_photo(a_qr(), 220, 17)),
    "turned by 45 degrees": lambda: jpeg(a_photo(a_qr(), 260, 45)),
    "upside down": lambda: jpeg(a_photo(a_qr(), 220, 180)),
    "JPEG 20": lambda: jpeg(a_photo(a_qr(), 240, 9), 20),
    "12 megapixels, code small": lambda: jpeg(a_photo(a_qr(), 250, 17, (4000, 3000))),
    "12 megapixels, code tiny": lambda: jpeg(a_photo(a_qr(), 130, 17, (4000, 3000)), 80),
    "12 megapixels, out of focus": lambda: jpeg(a_photo(a_qr(), 500, 33, (4000, 3000), blur=4)),
    "webcam, 70 pixels": lambda: jpeg(a_photo(a_qr(), 70, 5, (640, 480)), 80),
    "thumbnail of 58 pixels": lambda: file_of(a_qr().resize((58, 58), Image.Resampling.LANCZOS)),
    "weak contrast": lambda: jpeg(a_photo(a_qr().point(lambda v: 120 + v // 5), 240, 9)),
    "dark mode": lambda: file_of(ImageOps.invert(a_qr())),
    "transparent PNG": lambda: file_of(on_transparent(a_qr())),
    "palette PNG": lambda: file_of(a_qr().convert("P")),
    "one bit": lambda: file_of(a_qr().convert("1")),
    "sixteen bits": lambda: file_of(Image.frombytes(
        "I;16", a_qr().size, b"".join(bytes((v, v)) for v in a_qr().tobytes()))),
    "CMYK JPEG": lambda: file_of(a_qr().convert("CMYK"), "JPEG"),
    "progressive JPEG": lambda: file_of(a_qr(), "JPEG", progressive=True),
    "WebP": lambda: file_of(a_qr(), "WEBP", quality=50),
    "GIF": lambda: file_of(a_qr(), "GIF"),
    "BMP": lambda: file_of(a_qr(), "BMP"),
}


@cache
def photo(name: str) -> bytes:
    return PHOTOS[name]()


@pytest.mark.parametrize("name", PHOTOS)
def test_a_qr_code_in_a_picture_is_read(name: str) -> None:
    assert decode(photo(name)) == [LINK]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("code", "text"), [
    pytest.param(a_qr(), LINK, id="QR"),
    pytest.param(a_barcode("107195826331058"), "107195826331058", id="bar code")])
def test_a_phone_may_store_the_picture_in_any_orientation(
    code: Image.Image, text: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = ImageOps.exif_transpose(Image.open(BytesIO(file_of(code, "JPEG", exif=exif))))
    assert decode(file_of(code, "JPEG", exif=exif)) == [text]
    assert decode(file_of(turned)) == [text]


@pytest.mark.parametrize("angle", [0, 4, 90, 180])
def test_a_bar_code_is_read(angle: int) -> None:
    assert decode(jpeg(a_photo(a_barcode("1234567890"), 420, angle))) == ["1234567890"]


def test_a_product_s_bar_code_is_read_so_that_the_member_hears_what_it_is() -> None:
    image = file_of(a_barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13))
    assert decode(image) == ["6901234567892"]


def test_a_voucher_page_with_qr_and_bar_code_gives_both_texts_once_each() -> None:
    page = Image.new("L", (900, 1200), 255)
    page.paste(a_qr(), (100, 100))
    page.paste(a_qr(), (500, 100))
    page.paste(a_barcode("1234567890"), (100, 700))
    assert sorted(decode(file_of(page))) == ["1234567890", LINK]


def test_what_is_read_goes_straight_to_the_scanner() -> None:
    for text in (LINK, "１２３４ ５６７８ ９０", '{"code":"1234567890"}'):
        (found,) = decode(file_of(a_qr(text)))
        assert read(found) == read(text)
        assert isinstance(read(found), Reading)


def a_screenshot_of_text() -> Image.Image:
    page = Image.new("RGB", (1080, 2200), "white")
    draw, letters = ImageDraw.Draw(page), random.Random(1)
    for line in range(20, 2180, 22):
        words = "".join(letters.choice("abcdefghijklm 0123456789|lI") for _ in range(150))
        draw.text((20, line), words, fill="black")
    return page


def a_striped_shirt() -> Image.Image:
    shirt = Image.new("L", (1600, 1200), 200)
    draw = ImageDraw.Draw(shirt)
    for x in range(0, 1600, 9):
        draw.line((x, 0, x + 60, 1200), fill=30, width=4)
    return shirt


@pytest.mark.parametrize("picture", [
    pytest.param(a_screenshot_of_text(), id="screenshot full of text"),
    pytest.param(a_striped_shirt(), id="striped shirt"),
    pytest.param(Image.effect_noise((900, 900), 120), id="noise"),
    pytest.param(Image.new("L", (3000, 3000), 255), id="white wall"),
    pytest.param(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), id="nothing at all"),
    pytest.param(Image.new("L", (1, 1)), id="one pixel"),
    pytest.param(Image.new("L", (20_000, 2)), id="thin line"),
    pytest.param(a_qr().crop((0, 0, 100, 150)), id="half a code"),
])
def test_a_picture_without_a_code_gives_nothing(picture: Image.Image) -> None:
    assert decode(file_of(picture)) == []


def png_header(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that claims any size."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(
            ">I", zlib.crc32(name + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) +
            chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("image", [
    pytest.param(b"\xff\xd8" + b"\0" * MOST_BYTES, id="more than 6 MB"),
    pytest.param(png_header(5_001, 5_000), id="just over 25 megapixels"),
    pytest.param(png_header(12_000, 10_000), id="where Pillow would warn"),
    pytest.param(png_header(60_000, 60_000), id="decompression bomb"),
    pytest.param(png_header(2**31 - 1, 2**31 - 1), id="largest PNG there can be"),
    pytest.param(png_header(25_000_001, 1), id="very long line"),
])
def test_a_picture_that_is_too_large_is_refused_before_it_is_unpacked(image: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(image)
    assert refused.value.word == "image_too_large"


def test_a_picture_of_the_largest_allowed_size_is_read() -> None:
    large = Image.new("L", (5_000, 5_000), 255)
    large.paste(a_qr(module=20), (2_000, 2_000))
    assert large.width * large.height == MOST_PIXELS
    assert decode(file_of(large)) == [LINK]


@pytest.mark.parametrize("image", [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\0" * 1000, id="zeros"),
    pytest.param(LINK.encode(), id="text"),
    pytest.param(b"<html><img src=x></html>", id="a web page"),
    pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', id="SVG"),
    pytest.param(b"%PDF-1.7\n1 0 obj", id="PDF"),
    pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="PostScript"),
    pytest.param(b"MZ" + b"\0" * 100, id="a program"),
    pytest.param(file_of(a_qr(), "TIFF"), id="a format that phones do not send"),
    pytest.param(file_of(a_qr())[:60], id="PNG cut off"),
    pytest.param(jpeg(a_photo(a_qr(), 220, 17))[:5000], id="JPEG cut off"),
    pytest.param(png_header(0, 0), id="PNG of no size"),
    pytest.param(png_header(500, 500), id="PNG with too little in it"),
])
def test_what_is_no_picture_is_refused(image: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(image)
    assert refused.value.word == "not_an_image"


def test_text_that_unpacks_to_megabytes_inside_a_png_is_refused() -> None:
    bomb = zlib.compress(b"A" * 80_000_000, 9)
    name = b"zTXt"
    chunk = b"Comment\0\0" + bomb
    text = struct.pack(">I", len(chunk)) + name + chunk + struct.pack(
        ">I", zlib.crc32(name + chunk))
    image = file_of(a_qr())
    with pytest.raises(InvalidInput) as refused:
        decode(image[:33] + text + image[33:])
    assert refused.value.word == "not_an_image"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of broken EXIF data
@settings(max_examples=250, deadline=None)
@given(st.sampled_from(
    ["as drawn", "progressive JPEG", "WebP", "GIF", "palette PNG", "transparent PNG"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12),
    st.integers(0, 6000))
def test_a_damaged_picture_is_read_or_refused(
    name: str, damages: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(photo(name)[:length])
    for place, value in damages:
        if damaged:
            damaged[place % len(damaged)] = value
    try:
        assert all(isinstance(text, str) for text in decode(bytes(damaged)))
    except InvalidInput as refused:
        assert refused.word in {"not_an_image", "image_too_large"}
