"""What a sane setting looks like. Each check raises ValidationError saying what to give instead."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from marshmallow import ValidationError

if TYPE_CHECKING:
    from core.config import Settings

_DATABASES = {"sqlite", "mysql", "mariadb", "postgresql", "postgres"}
_REDIS = {"redis", "rediss", "unix"}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
NEW_KEYS = "make one with: python app.py new-keys"


def web_url(text: str) -> None:
    """`http(s)://host[:port][/path]` without a trailing slash."""
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or text.endswith("/"):
        raise ValidationError("give an address such as https://shop.example, no slash at the end")


def database_url(text: str) -> None:
    """A database the store knows."""
    scheme, separator, _ = text.partition("://")
    if not separator or scheme not in _DATABASES:
        raise ValidationError(f"start with one of {', '.join(sorted(_DATABASES))} and ://")


def redis_url(text: str) -> None:
    """An address the Redis client understands."""
    scheme, separator, _ = text.partition("://")
    if not separator or scheme not in _REDIS:
        raise ValidationError(f"start with one of {', '.join(sorted(_REDIS))} and ://")


def digits(text: str) -> None:
    """Digits only."""
    if not (text.isascii() and text.isdigit()):
        raise ValidationError("give digits only")


def zone_name(text: str) -> None:
    """A zone of the IANA list."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError("give an IANA zone such as Asia/Shanghai") from error


def host_names(names: Sequence[str]) -> None:
    """Bare host names, a port allowed."""
    wrong = [name for name in names if not _HOST.fullmatch(name)]
    if wrong:
        raise ValidationError(f"give bare host names, not {', '.join(wrong)}")


def _is_inside(host: str) -> bool:
    """Whether following a link to this host could reach our own machines (SSRF)."""
    name = host.partition(":")[0]
    try:
        return not ip_address(name).is_global
    except ValueError:
        return "." not in name or name.endswith((".local", ".internal", ".localhost"))


def _decoded(text: str, size: int, urlsafe: bool = False) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_" if urlsafe else None, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError(f"not base64; {NEW_KEYS}") from error
    if len(raw) != size:
        raise ValidationError(f"holds {len(raw)} bytes, needs {size}; {NEW_KEYS}")
    return raw


def fernet_keys(keys: Sequence[str]) -> None:
    """At least one key, each url-safe base64 of 32 bytes."""
    if not keys:
        raise ValidationError(f"give at least one key; {NEW_KEYS}")
    for key in keys:
        _decoded(key, 32, urlsafe=True)


def data_key(text: str) -> None:
    """Base64 of 64 bytes that look random."""
    if len(set(_decoded(text, 64))) < 32:
        raise ValidationError(f"is not random; {NEW_KEYS}")


def long_enough(text: str) -> None:
    """A signing key nobody guesses."""
    if len(text) < 32 or len(set(text)) < 10:
        raise ValidationError(f"is too easy to guess; {NEW_KEYS}")


def aes_key(text: str) -> None:
    """WeChat's EncodingAESKey: 43 characters of base64."""
    if len(text) != 43:
        raise ValidationError("give the 43 characters shown in the platform's console")
    _decoded(text + "=", 32)


def rsa_key(text: str) -> None:
    """A private RSA key in PEM, without a passphrase."""
    try:
        key = load_pem_private_key(text.encode(), None) if text else None
    except (ValueError, TypeError) as error:
        raise ValidationError("give a private RSA key in PEM without a passphrase") from error
    if key is not None and not isinstance(key, RSAPrivateKey):
        raise ValidationError("give an RSA key")


def whole(settings: Settings, demo_values: Collection[str]) -> list[str]:
    """What only shows when all settings are seen together."""
    problems = []
    if settings.port == settings.sandbox_port and settings.mode != "production":
        problems.append("SANDBOX_PORT: equals PORT; give another port")
    if settings.mode != "production":
        return problems
    if inside := [host for host in settings.short_link_hosts if _is_inside(host)]:
        problems.append(f"SHORT_LINK_HOSTS: {', '.join(inside)} is inside our own network; list "
                        "the platforms' public hosts only")
    if settings.kill_at:
        problems.append("KILL_AT: is for tests; unset it")
    for name in ("public_url", "meituan_base_url", "meituan_pages_url", "douyin_base_url",
                 "douyin_mini_base_url", "wecom_base_url", "wechat_base_url"):
        if not getattr(settings, name).startswith("https://"):
            problems.append(f"{name.upper()}: must start with https:// in production")
    if settings.secrets() & set(demo_values):
        problems.append("A secret comes from a demo in DATA_DIR: anyone who tried the demo on this "
                        f"machine knows it; {NEW_KEYS}, platform secrets come from their consoles")
    return problems
