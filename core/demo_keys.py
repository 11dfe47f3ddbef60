"""Secrets of a demo: made at its first start, kept in DATA_DIR/keys.json, refused in production.

The file maps names of variables to values, so that every process of the demo reads the same
ones. A lock makes two processes that start together agree.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def new_keys() -> dict[str, str]:
    """Fresh values of the three secrets that every installation needs."""
    return {
        "SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DATA_KEY": base64.b64encode(secrets.token_bytes(64)).decode(),
        "SESSION_KEY": secrets.token_urlsafe(48),
    }


def demo_keys(data_dir: Path) -> dict[str, str]:
    """The demo's secrets by variable name; missing ones are made and kept (file mode 0600)."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(data_dir / "keys.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _kept(data_dir)
        made = new_keys()
        if missing := made.keys() - kept.keys():
            kept |= {name: made[name] for name in sorted(missing)}
            _write(data_dir / "keys.json", kept)
    return kept


def kept_demo_values(data_dir: Path) -> frozenset[str]:
    """Keys and accounts of a demo that ran in this folder, none when there was none."""
    found = set(_kept(data_dir).values())
    sandbox = data_dir / "sandbox.json"
    if sandbox.exists():
        found |= {text for text in _texts(json.loads(sandbox.read_text())) if len(text) > 15}
    return frozenset(found)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _kept(data_dir: Path) -> dict[str, str]:
    path = data_dir / "keys.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def _write(path: Path, keys: dict[str, str]) -> None:
    """Whole or not at all: a reader without the lock never sees half a file."""
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
