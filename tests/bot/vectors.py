"""The crypto vectors of the protocol note, by id."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache
def _all() -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / "wechat_vectors.json").read_text()
    return {each["id"]: each for each in json.loads(text)["vectors"]}


def vector(name: str) -> dict[str, Any]:
    """One vector; a negative one is its base with the changed fields."""
    found = _all()[name]
    return _all()[found["base"]] | found if found["kind"] == "negative" else found


def names(kind: str) -> list[str]:
    return [name for name, each in _all().items() if each["kind"] == kind]


def kinds() -> set[str]:
    return {str(each["kind"]) for each in _all().values()}
