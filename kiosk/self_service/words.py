"""The pages' words: one JSON catalogue per language, read by the templates and by the script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static" / "copy"
LANGUAGES = ("zh", "en")

CATALOGUES: dict[str, dict[str, Any]] = {
    language: json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}

_NAME = re.compile(r"\{(\w+)\}")

def filled(text: str | list[str], facts: dict[str, Any]) -> str:
    """The first variant whose facts are all known, with them filled in; else the last one."""
    variants = [text] if isinstance(text, str) else text
    known = {name: value for name, value in facts.items() if value not in (None, "")}
    chosen = next((each for each in variants if set(_NAME.findall(each)) <= known.keys()),
                  variants[-1])
    return _NAME.sub(lambda name: str(known.get(name[1], "")), chosen)


class Words:
    """The texts of one language, for templates: `t("home.word")`."""

    def __init__(self, language: str) -> None:
        self._catalogue = CATALOGUES[language]
        self.keys = self._catalogue.keys()

    def __call__(self, key: str, **facts: Any) -> str:
        return filled(self._catalogue[key], facts)


def words_in(language: str) -> Words:
    """The texts of `zh` or `en`."""
    return Words(language)


def error_words(language: str, word: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Title and lead of an error word; an unknown word gets the general one."""
    errors = CATALOGUES[language]["errors"]
    copy = errors.get(word, errors["error"])
    return filled(copy["title"], facts), filled(copy["lead"], facts)
