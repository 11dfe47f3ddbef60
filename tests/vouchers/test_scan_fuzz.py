"""Whatever is thrown at the scanner, it answers; and what it accepts has a sane shape."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.vouchers import links, owncode
from core.vouchers.scan import Form, Reading, Unreadable, read
from core.vouchers.scanned_text import LONGEST

SHAPES = {
    Form.CODE: re.compile(r"[0-9]{10,12}|[0-9]{15}"),
    Form.ENCRYPTED_DATA: re.compile(r"[A-Za-z0-9+/=_.~-]{8,2048}"),
    Form.SHORT_LINK: re.compile(r"https://v\.douyin\.com(/[A-Za-z0-9_-]+)+/?(\?\S*)?"),
    Form.OWN_CODE: re.compile(f"[{owncode.ALPHABET}]{{12}}"),
    Form.PASS: re.compile(r"[A-Za-z0-9_.-]{16,300}"),
}

fragments = st.sampled_from([
    "1234567890", "407195826331", "107195826331058", "134567890123456789", "13800138000",
    "K7M49XRT2AHC", "https://", "http://", "v.douyin.com", "/eHHc1ft/", "127.0.0.1", "@", "\\",
    "?object_id=", "CgwI%2BARDi%3D%3D", "&", "%", "{", "}", '"code":', "[", "]", ",", ":", "\n",
    "\t", "\x00", "\u200b", "\u202e", " ", "-", "——", "券码：", "code ", "美团", "抖音", "hxp:",
    "CODE_128,", "]C1", "'", "<b>", ";", "１２３", "١٢", "\ufdfa", "\ud800", "2026-12-24", "*",
])
texts = st.one_of(st.text(max_size=80), st.lists(fragments, max_size=12).map("".join),
                  st.lists(st.one_of(fragments, st.text(max_size=4)), max_size=10).map("".join))


@settings(max_examples=600, deadline=None)
@given(texts, st.sampled_from([None, "meituan", "douyin", "manual"]))
@example("[" * LONGEST, None)
@example("{" * LONGEST, None)
def test_every_text_gets_a_reading_or_a_reason(text: str, platform: str | None) -> None:
    result = read(text, platform=platform, own_hosts=frozenset({"shop.example.com"}))
    if isinstance(result, Unreadable):
        json.dumps(dict(result.facts))
        return
    assert result.candidates
    for candidate in result.candidates:
        if candidate.platform == "manual":
            assert re.fullmatch(r"[0-9A-Z]{4,32}", candidate.value)
        else:
            assert SHAPES[candidate.form].fullmatch(candidate.value)
            assert platform in (None, candidate.platform)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_every_byte_string_gets_a_reading_or_a_reason(data: bytes) -> None:
    assert isinstance(read(data), Reading | Unreadable)


codes = st.one_of(st.from_regex("[0-9]{10}", fullmatch=True),
                  st.from_regex("[0-9]{12}", fullmatch=True),
                  st.from_regex("[0-9]{15}", fullmatch=True))
noise = st.sampled_from(["", " ", "-", "\u200b", "\u3000", "\u2060", "\u00b7"])


@settings(max_examples=300, deadline=None)
@given(codes, st.lists(noise, min_size=15, max_size=15), st.booleans())
def test_separators_invisible_characters_and_width_never_change_a_code(
    code: str, between: list[str], wide: bool
) -> None:
    plain = read(code)
    assert isinstance(plain, Reading)
    written = "".join(
        (chr(ord(digit) + 0xFEE0) if wide else digit) + gap
        for digit, gap in zip(code, between, strict=False))
    if not re.fullmatch(r"[48]00-\d{3,4}-\d{3,4}|0\d{2,3}-\d{3,4}[ -]?\d{4}", written):
        assert read(written) == plain


@settings(max_examples=300, deadline=None)
@given(codes, st.integers(2, 3), st.sampled_from(["", "\n", "\r\n", "\t"]))
def test_a_code_fed_several_times_is_that_code(code: str, times: int, end: str) -> None:
    fed = (code + end) * times
    shortest = next(code[:n] for n in (10, 11, 12, 15, 18) if fed.replace(end, "") ==
                    code[:n] * (len(code) * times // n))
    assert read(fed) == read(shortest if not end else code)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_an_own_code_with_one_slip_is_never_taken_for_another_code(seed: int) -> None:
    generator = random.Random(seed)
    code = owncode.make(generator.choice(owncode.BATCH_LETTERS), generator)
    place = generator.randrange(owncode.LENGTH)
    slip = code[:place] + generator.choice(owncode.ALPHABET) + code[place + 1:]
    result = read(slip)
    if slip == code:
        assert isinstance(result, Reading)
    else:
        assert isinstance(result, Unreadable)


FAMILIES = ["1", "1 ", "12-", "a.", "http://", "http://a", "https://v.douyin.com/", "券码", "券",
            "code ", "code 1", "K7M4 ", "2026-12-", "{\"a\":", "[", "]C1", "CODE_128,", "%25",
            "?object_id=", "&object_id=a", "/", ":", "::", "@", "1:", "[:", "*", "**1", " ", "\n",
            ",", "\u200b", "\u0301", "l", "O0", "0x", ".1", "-", "——", "hxp:", "a:"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tail", ["", "1234567890", "!", "\u0000"])
def test_the_longest_texts_of_one_kind_are_answered(family: str, tail: str) -> None:
    """A pattern that backtracks would not come back from 4096 characters within a day."""
    text = (family * LONGEST)[: LONGEST - len(tail)] + tail
    assert isinstance(read(text), Reading | Unreadable)


def test_a_link_is_taken_apart_once_for_scanner_and_follower() -> None:
    """What the scanner calls a short link, the follower may ask; nothing else."""
    for text in ("https://v.douyin.com/a/", "http://v.douyin.com/a", "v.douyin.com/a/b/?c=d"):
        result = read(text)
        assert isinstance(result, Reading)
        link = links.parse(result.candidates[0].value)
        assert link is not None
        assert link.is_at(links.DOUYIN_SHORT_HOSTS)
        assert link.url(links.DOUYIN_SHORT_HOSTS) == result.candidates[0].value
