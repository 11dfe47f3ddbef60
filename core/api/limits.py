"""Which callers are counted how: applied before the views, so that no view can forget it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from core.api.identity import caller
from core.api.rates import ANONYMOUS_CALLS, CALLS, MISSES
from core.api.state import rates
from core.errors import HexiaotaiError
from core.ids import clean_code

GUESSES = frozenset({"voucher_not_found", "own_code_typo", "not_found", "pairing_code_wrong",
                     "wrong_credentials", "login_code_wrong", "phone_code_wrong",
                     "phone_unreadable"})
"""Errors that look like guessing; what cannot be read at all is no guess."""


def _who() -> tuple[str, str]:
    actor = caller()
    if actor.kind == "anonymous":
        return "address", request.remote_addr or "unknown"
    return actor.kind, str(actor.id)


def count_call() -> None:
    """Count this request against its caller. Raises TooManyRequests."""
    kind, name = _who()
    if kind == "address":
        rates().count(ANONYMOUS_CALLS, "calls", kind, name)
    else:
        rates().count_ahead(CALLS, "calls", kind, name)


def _guess_keys(code: str) -> list[tuple[str, ...]]:
    kind, name = _who()
    prefix = clean_code(code[:64])[:6]
    keys: list[tuple[str, ...]] = [("misses", kind, name)]
    return keys + [("misses", "prefix", prefix)] if len(prefix) == 6 else keys


def refuse_guessers(code: str) -> list[tuple[str, ...]]:
    """Raises TooManyRequests for a caller, or a code's prefix, with too many wrong codes; returns
    the keys that a wrong guess counts against."""
    keys = _guess_keys(code)
    rates().check(MISSES, *keys)
    return keys


def count_guess(word: str, code: str = "") -> None:
    """Count a wrong code that is part of a good answer, such as a price without it."""
    if word in GUESSES:
        for key in _guess_keys(code):
            rates().count(MISSES, *key)


@contextmanager
def counting_guesses(code: str = "") -> Iterator[None]:
    """Refuse whoever has guessed too often, and count a wrong guess against the caller and
    against the code's prefix, so that many devices cannot share one search."""
    keys = refuse_guessers(code)
    try:
        yield
    except HexiaotaiError as error:
        if error.word in GUESSES:
            for key in keys:
                rates().count(MISSES, *key)
        raise
