"""The base of every table: no behaviour, explicit names (seed names where the seeds have one)."""

from __future__ import annotations

from peewee import BigAutoField, Model

from core.store.tables.fields import UtcDateTime


class Row(Model):
    """A row with a 64-bit id and the instant it was made."""

    id = BigAutoField()
    created_at = UtcDateTime()

    class Meta:
        legacy_table_names = False
