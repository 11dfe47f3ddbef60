"""The product's log: one JSON object a line, and nothing in it that must not be seen.

Masking happens on the finished line's texts, so that it covers arguments, tracebacks and other
libraries' records alike (invariant I8). Pass figures and ids as `extra={"platform_log_id": …}`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from core.ids import mask_code, mask_phone, new_key

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_DIGITS = re.compile(r"\d{10,}")
_NAMED = re.compile(
    r"""(?ix)
    (?<![a-z0-9])
    ( (?: [\w-]* (?: secret | token | passw(?:or)?d | signature | sign_?key | aes_?key | api_?key
                    | session_?key | session_?id | cookie | js_?code | encrypted | data_?key )
          [\w-]* | sign | code )
      ["']? \s* [:=] \s* )
    ( b?"[^"]*" | b?'[^']*' | [^\s"'&,;<>)}\]]+ )""")
_HARMLESS = re.compile(r"[\"']?([a-z_]+|\d{1,7})[\"']?")
"""Error words and numbers such as `code=token_expired`: what one looks for in a log."""
_BEARER = re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?|bearer\s+|basic\s+)"
                     r"[\w.~+/=-]{8,}")
_URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/@]+@")
_FERNET = re.compile(r"gAAAA[\w-]{40,}={0,2}")
_HIDDEN = "***"

_PLAIN_KEYS = frozenset({"request_id", "platform_log_id"})
"""Extras shown as they are: a platform's log id is long, full of digits and what its support
asks for first."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def _mask_digits(found: re.Match[str]) -> str:
    return mask_code(found.group())


def _mask_named(found: re.Match[str]) -> str:
    name, value = found.groups()
    if name.lower().startswith("code") and _HARMLESS.fullmatch(value):
        return found.group()
    quote = value[-1] if value[-1] in "\"'" else ""
    return f"{name}{quote}{_HIDDEN}{quote}"


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without secrets, whole phone numbers or whole voucher codes.

    >>> mask("13800138000 used 1234567890, access_token=abc")
    '138****8000 used 1234****90, access_token=***'
    """
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    text = _FERNET.sub(_HIDDEN, _URL_PASSWORD.sub(rf"\1{_HIDDEN}@", text))
    text = _NAMED.sub(_mask_named, _BEARER.sub(rf"\1{_HIDDEN}", text))
    text = _PHONE.sub(lambda found: mask_phone(re.sub(r"[ -]", "", found.group())), text)
    return _DIGITS.sub(_mask_digits, text)


class MaskedJson(logging.Formatter):
    """Formats a record as one line of JSON, masked."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := _request_id.get():
            line["request_id"] = request
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps({key: self._shown(key, value) for key, value in line.items()},
                          ensure_ascii=False)

    def _shown(self, key: str, value: Any) -> Any:
        if value is None or isinstance(value, bool | float) or key == "at":
            return value
        if key in _PLAIN_KEYS:
            return str(value)
        if isinstance(value, int):
            return value if abs(value) < 10**9 else self._masked(str(value))
        named = self._masked(f"{key}={value}")
        return named.removeprefix(f"{key}=")

    def _masked(self, text: str) -> str:
        return mask(text, self._secrets)


def configure(level: str = "INFO", secrets: Iterable[str] = (),
              stream: TextIO | None = None) -> None:
    """Send every record of this process, whoever's, to `stream` (standard error) as masked JSON.

    Warnings too become records. May be called again; the last call holds.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(MaskedJson(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for chatty in ("urllib3", "werkzeug"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def request_id() -> str:
    """The id of the request or job this code runs for; empty outside of one."""
    return _request_id.get()


def start_request(given: str | None = None) -> str:
    """Begin a request: keeps the caller's id when it is a sane one, else makes one."""
    chosen = given if given and _SANE_ID.fullmatch(given) else new_key()
    _request_id.set(chosen)
    return chosen


@contextmanager
def job_id(name: str) -> Iterator[None]:
    """Records of a job carry its name and run as `request_id`."""
    before = _request_id.set(f"{name}-{new_key()[:12]}")
    try:
        yield
    finally:
        _request_id.reset(before)
