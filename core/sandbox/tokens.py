"""Access tokens of every platform in one table: issued, superseded, expired, forgotten never.

An expired token stays on record, so that "expired" and "never issued" get different answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.sandbox.ledger import Ledger


@dataclass(frozen=True)
class Token:
    token: str
    owner: str
    kind: str
    issued_at: float
    expires_at: float
    note: str


class Tokens:
    """`owner` is the account or shop, `kind` keeps series of one owner apart."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def issue(self, token: str, owner: str, kind: str, lifetime: float, note: str = "") -> Token:
        now = self.ledger.now()
        self.ledger.insert("tokens", token=token, owner=owner, kind=kind, issued_at=now,
                           expires_at=now + lifetime, note=note)
        return Token(token, owner, kind, now, now + lifetime, note)

    def find(self, token: str) -> Token | None:
        row = self.ledger.row("SELECT * FROM tokens WHERE token = ?", token)
        if row is None:
            return None
        values = dict(row)
        del values["seq"]
        return Token(**values)

    def live(self, token: str, kind: str) -> Token | None:
        """The token if it is of this kind and not expired."""
        found = self.find(token)
        if found is None or found.kind != kind or found.expires_at <= self.ledger.now():
            return None
        return found

    def latest(self, owner: str, kind: str) -> Token | None:
        row = self.ledger.row("SELECT token FROM tokens WHERE owner = ? AND kind = ? "
                              "ORDER BY seq DESC LIMIT 1", owner, kind)
        return None if row is None else self.find(row["token"])

    def supersede(self, owner: str, kind: str, grace: float, keep: int = 1) -> None:
        """Older tokens die after `grace` seconds; all but the newest `keep` of them at once."""
        now = self.ledger.now()
        rows = self.ledger.rows("SELECT token FROM tokens WHERE owner = ? AND kind = ? "
                                "AND expires_at > ? ORDER BY seq DESC", owner, kind, now)
        for index, row in enumerate(rows):
            until = now + grace if index < keep else now
            self.ledger.run("UPDATE tokens SET expires_at = MIN(expires_at, ?) WHERE token = ?",
                            until, row["token"])

    def forget(self, owner: str) -> None:
        """As if nothing had ever been issued to this owner."""
        self.ledger.run("DELETE FROM tokens WHERE owner = ?", owner)

    def expire(self, token: str) -> None:
        self.ledger.run("UPDATE tokens SET expires_at = ? WHERE token = ?",
                        self.ledger.now(), token)
