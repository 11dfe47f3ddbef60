"""Two members turn out to be one person. Inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from core.services.actor import Actor
from core.store import audit, members, merging, people


def held(member_id: int) -> int:
    """Whom a member stands for now, held against other writers."""
    while True:
        row = members.held(member_id)
        if row.merged_into_id is None:
            return int(row.id)
        member_id = int(row.merged_into_id)


def merge(gone: int, keep: int, actor: Actor, at: datetime) -> None:
    """`keep` is whom the number leads to: kiosk and desk know him. `gone` keeps a number of
    his own, which leads to `keep` too."""
    merging.move_everything(gone, keep, at)
    names = {each: people.name_of(each) for each in (gone, keep)}
    if names[gone] and not names[keep]:
        members.change(keep, name=names[gone])
    audit.add(actor, "member.merged", "member", keep, at, merged=gone)
    audit.add(actor, "member.merged", "member", gone, at, into=keep)
