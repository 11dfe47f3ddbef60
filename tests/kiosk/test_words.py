"""What the kiosk says: every word in both languages, for every way things can go."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import errors
from core.errors import HexiaotaiError
from core.vouchers.reading import Reason
from kiosk.self_service.words import CATALOGUES, FOLDER, error_words, filled

ZH, EN = CATALOGUES["zh"], CATALOGUES["en"]
STATIC = FOLDER.parent
TEMPLATES = STATIC.parent / "templates"
CORE = Path(errors.__file__).parent
SERVICES = CORE / "services"
PLATFORMS = ("vouchers/*.py", "platforms/meituan*.py", "platforms/douyin*.py",
             "platforms/shortlink.py")
ERROR_CLASSES = {name for name, kind in vars(errors).items()
                 if isinstance(kind, type) and issubclass(kind, HexiaotaiError)
                 and not issubclass(kind, errors.PricingError)}
"""Carts are priced elsewhere."""

NOT_AT_A_KIOSK = {"waiting_expired", "second_person_needed", "reason_needed"}
"""Only staff who confirm or undo hear these."""
AT_THE_DOOR = {"wrong_content_type", "method_not_allowed", "bad_request", "too_large",
               "internal_error", "idempotency_key_malformed", "pairing_code_wrong",
               "sign_in_code_wrong"}
AT_THE_TILL = {"product_config_not_found", "order_not_found"}
OF_THE_PAGE = {"camera_blocked", "camera_missing"}

_FACT = re.compile(r"\{(\w+)\}")


def facts_in(text: str | list[str]) -> list[set[str]]:
    return [set(_FACT.findall(each)) for each in ([text] if isinstance(text, str) else text)]


def files_on_a_kiosks_path() -> Iterator[Path]:
    """The main flow, passes and photos, with the services these import; the platforms."""
    seen: set[str] = set()
    ahead = ["redeem", "decode_image", "visits", "handover", "members/classes"]
    while ahead:
        name = ahead.pop()
        path = SERVICES / f"{name}.py"
        if name in seen or not path.is_file():
            continue
        seen.add(name)
        yield path
        text = path.read_text("utf-8")
        ahead += re.findall(r"from core\.services\.(\w+) import", text)
        for names in re.findall(r"from core\.services import ([\w, ]+)", text):
            ahead += names.split(", ")
    for pattern in PLATFORMS:
        paths = sorted(CORE.glob(pattern))
        assert paths, f"{pattern} is gone: name what took its place"
        yield from paths


def words_raised() -> Iterator[str]:
    """Every error word that code on a kiosk's path raises."""
    for path in files_on_a_kiosks_path():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args \
                    and getattr(node.func, "id", getattr(node.func, "attr", "")) in ERROR_CLASSES:
                yield from (each.value for each in ast.walk(node.args[0])
                            if isinstance(each, ast.Constant) and isinstance(each.value, str))


def all_words() -> set[str]:
    promised = re.search(r"Words in use: ([^.]*)\.", errors.VoucherError.__doc__ or "")
    assert promised, "core/errors.py lists the words of VoucherError"
    return ({kind.code for name, kind in vars(errors).items() if name in ERROR_CLASSES}
            | set(re.findall(r"\w+", promised[1])) | {reason.value for reason in Reason}
            | set(words_raised()) | AT_THE_DOOR
            | AT_THE_TILL | OF_THE_PAGE) - NOT_AT_A_KIOSK


def test_both_languages_say_the_same_things() -> None:
    assert ZH.keys() == EN.keys()
    assert ZH["errors"].keys() == EN["errors"].keys()


@pytest.mark.parametrize("key", sorted(ZH.keys() - {"errors"}))
def test_both_languages_name_the_same_facts(key: str) -> None:
    assert facts_in(ZH[key]) == facts_in(EN[key])


@pytest.mark.parametrize("word", sorted(all_words()))
def test_every_error_has_words_in_both_languages(word: str) -> None:
    for language, copy in (("zh", ZH["errors"]), ("en", EN["errors"])):
        assert word in copy, f"{word} has no words in {language}"
        assert copy[word].keys() == {"title", "lead"}
        for part in copy[word].values():
            assert facts_in(part)[-1] == set() or isinstance(part, str), "last variant is plain"
    assert [facts_in(ZH["errors"][word][part]) for part in ("title", "lead")] \
        == [facts_in(EN["errors"][word][part]) for part in ("title", "lead")]


def test_no_error_is_described_that_cannot_happen() -> None:
    assert ZH["errors"].keys() - all_words() == set()


def test_every_error_has_a_look() -> None:
    looks = (STATIC / "errors.js").read_text("utf-8")
    listed = re.findall(r'"([a-z_]+)"', looks[looks.index("const KINDS"):])
    assert sorted(set(listed)) == sorted(listed), "each word once"
    assert set(listed) == ZH["errors"].keys()


def used_keys() -> set[str]:
    """Keys that scripts and templates ask for; `step.result.${…}` counts for all step.result.*."""
    text = "\n".join(path.read_text("utf-8")
                     for folder, ending in ((STATIC, "*.js"), (TEMPLATES, "*.html"),
                                            (STATIC.parent, "*.py"))
                     for path in folder.rglob(ending))
    known = ZH.keys() - {"errors"}
    whole = {key for key in known if re.search(rf'["\'`>]{re.escape(key)}["\'`<]', text)}
    parts = set(re.findall(r"[`\"]([a-z_.]+[._])(?:\$\{|%|\{)", text))
    return whole | {key for key in known for part in parts if key.startswith(part)} \
        | {key for key in known if key.split(".")[0] in ("entry", "pairing", "checking", "resume",
                                                      "shelf")}


def test_nothing_is_written_that_nobody_reads() -> None:
    assert ZH.keys() - {"errors"} - used_keys() == set()


def test_no_script_asks_for_words_that_are_not_there() -> None:
    for path in [*STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html"), *STATIC.parent.glob("*.py")]:
        for key in re.findall(r'\bt\(\s*"([a-z_.0-9]+)"', path.read_text("utf-8")):
            assert key in ZH, f"{path.name} asks for {key}"


def chinese() -> Iterator[str]:
    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from value
        elif isinstance(value, dict):
            for each in value.values():
                yield from texts(each)
    return texts(ZH)


@pytest.mark.parametrize("never", ["您", "(?<!申)请", "！", "!", "恭喜", "抱歉", "失败"])
def test_the_tone_is_plain(never: str) -> None:
    assert [text for text in chinese() if re.search(never, text)] == []


def test_the_richest_sentence_whose_facts_are_known_is_said() -> None:
    assert error_words("zh", "already_redeemed", {"date": "11-08", "where": "城西店"})[0] \
        == "这张券 11-08 在城西店用过了"
    assert error_words("zh", "already_redeemed", {"date": "11-08", "where": ""})[0] \
        == "这张券 11-08 用过了"
    assert error_words("zh", "already_redeemed", {})[0] == "这张券用过了"
    assert error_words("zh", "a_word_from_the_future", {}) == error_words("zh", "error", {})
    assert filled("{n} 次", {}) == " 次"
