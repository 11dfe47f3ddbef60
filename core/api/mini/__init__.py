"""The members' door: what a mini-program (or our own mobile page) asks (design section 5)."""

from __future__ import annotations

from core.api.mini import (
    classes,
    faces,
    held,
    login,
    me,
    offers,
    own_data,
    redemptions,
    subscriptions,
)

DOORS = (login.door, me.door, held.door, redemptions.door, classes.door,
         subscriptions.door, faces.door, own_data.door, offers.door)
