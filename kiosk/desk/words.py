"""Both languages of a text stand side by side where it is shown: `say("券", "Vouchers")`."""

from __future__ import annotations

from typing import Literal

from flask import g, request

from core.services.staff_words import Words

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "hx_lang"


def language() -> Literal["zh", "en"]:
    """`zh` or `en`: what was chosen, else what the browser asks for, else Chinese."""
    if "desk_language" not in g:
        chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
        if chosen not in LANGUAGES:
            asked = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
            chosen = "en" if asked == "en" else "zh"
        g.desk_language = chosen
    return "en" if g.desk_language == "en" else "zh"


def say(zh: str, en: str, **facts: object) -> str:
    """The text in the reader's language, its gaps filled."""
    text = en if language() == "en" else zh
    return text.format(**facts) if facts else text


def tell(words: Words) -> str:
    """Words that every staff door shares."""
    return words.in_(language())
