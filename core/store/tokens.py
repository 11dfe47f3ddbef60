"""Platform tokens: one row per app, and a lease on it for whoever fetches a new one."""

from __future__ import annotations

from datetime import datetime

from core.store.tables import AccessToken


def find(name: str) -> tuple[str, datetime] | None:
    """The token and when it ends."""
    row = AccessToken.get_or_none(AccessToken.name == name)
    if row is None or row.value is None or row.expires_at is None:
        return None
    return row.value, row.expires_at


def put(name: str, value: str, expires_at: datetime, at: datetime) -> None:
    _make(name, at)
    AccessToken.update(value=value, expires_at=expires_at).where(
        AccessToken.name == name).execute()


def drop(name: str, value: str) -> None:
    """Forget the token if it is still this one."""
    row = AccessToken.get_or_none(AccessToken.name == name)
    if row is not None and row.value == value:
        AccessToken.update(value=None, expires_at=None).where(AccessToken.id == row.id).execute()


def claim(name: str, mine: str, until: datetime, at: datetime) -> bool:
    """True for one caller at a time; a claim that ended is free again."""
    _make(name, at)
    free = (AccessToken.claim == "") | (AccessToken.claimed_until <= at)
    changed = AccessToken.update(claim=mine, claimed_until=until).where(
        (AccessToken.name == name) & free).execute()
    return bool(changed == 1)


def release(name: str, mine: str) -> None:
    AccessToken.update(claim="").where(
        (AccessToken.name == name) & (AccessToken.claim == mine)).execute()


def _make(name: str, at: datetime) -> None:
    if AccessToken.get_or_none(AccessToken.name == name) is None:
        AccessToken.insert(name=name, created_at=at).on_conflict_ignore().execute()
