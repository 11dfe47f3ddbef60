"""Column types that behave the same on SQLite, MariaDB and PostgreSQL (libraries.md section 4).

Sealed columns need a vault; `seal_with` hands it over once when the store is opened.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Protocol

from peewee import BigIntegerField, CharField, DateTimeField, TextField

from core.money import Money


class Vault(Protocol):
    """Encrypts what must not be readable in a database dump (invariant I8)."""

    def seal(self, text: str) -> str:
        """Same text, same ciphertext, so that a sealed column can be unique and looked up."""
        ...

    def unseal(self, sealed: str) -> str: ...

    def encrypt(self, secret: str) -> str:
        """A fresh ciphertext each time, under the newest key."""
        ...

    def decrypt(self, token: str) -> str: ...


class _Holder:
    vault: Vault | None = None


def seal_with(vault: Vault) -> None:
    """Give the sealed columns of this process their vault."""
    _Holder.vault = vault


def _vault() -> Vault:
    if _Holder.vault is None:
        raise RuntimeError("the store is not open: no vault for sealed columns")
    return _Holder.vault


class UtcDateTime(DateTimeField):
    """Aware UTC in Python; naive UTC with microseconds in the table.

    `core.store.db` maps the column type: MariaDB's plain DATETIME would drop the microseconds.
    """

    field_type = "UTC_DATETIME"

    def db_value(self, value: datetime | None) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: the product knows aware instants only")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None)

    def adapt(self, value: Any) -> Any:
        """SQLite gives text: read ten times faster so than by trying formats."""
        return datetime.fromisoformat(value) if isinstance(value, str) and value else value

    def python_value(self, value: Any) -> datetime | None:
        at = self.adapt(value)
        return at.replace(tzinfo=UTC) if isinstance(at, datetime) else None


class FenField(BigIntegerField):
    """Money, kept as whole fen."""

    def db_value(self, value: Money | None) -> int | None:
        return None if value is None else value.fen

    def python_value(self, value: int | None) -> Money | None:
        return None if value is None else Money(int(value))


class SealedField(CharField):
    """A code or phone: plain in Python, deterministic ciphertext in the table."""

    def db_value(self, value: str | None) -> str | None:
        return None if value is None else _vault().seal(value)

    def python_value(self, value: str | None) -> str | None:
        return None if value is None else _vault().unseal(value)


class SecretField(TextField):
    """A credential: plain in Python, a MultiFernet token in the table. Never looked up by value."""

    def db_value(self, value: str | None) -> str | None:
        return None if value is None else _vault().encrypt(value)

    def python_value(self, value: str | None) -> str | None:
        return None if value is None else _vault().decrypt(value)


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


class JsonField(TextField):
    """A small JSON document kept as text: the three databases disagree on everything richer."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else _JSON.encode(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)
