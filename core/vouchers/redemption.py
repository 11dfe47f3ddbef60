"""The states of a redemption and the only moves between them (design section 3).

    requested ──► awaiting_staff ──► verifying ──► completed ──► undoing ──► undone
        │              │                │  ▲            ▲          │  ▲
        │              ├► rejected      │  └─retry      └──────────┤  │
        ├► withdrawn ◄─┤                ├► refused                 ▼  │
        └► expired  ◄──┘                └► uncertain ──► …    undo_uncertain
                                             │
                                             └► manual ──► completed | refused
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where a redemption stands; the words are on the wire and in the table."""

    REQUESTED = "requested"
    """Made by somebody who may confirm it himself and has not yet."""
    AWAITING_STAFF = "awaiting_staff"
    VERIFYING = "verifying"
    """A platform call may be under way; the row has a lease."""
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """The platform said no."""
    UNCERTAIN = "uncertain"
    """Shown as 确认中 (invariant I3)."""
    MANUAL = "manual"
    """Fourteen tries were not enough: a person must look."""
    UNDOING = "undoing"
    UNDO_UNCERTAIN = "undo_uncertain"
    UNDONE = "undone"


S = State
MOVES: dict[State, frozenset[State]] = {
    S.REQUESTED: frozenset({S.AWAITING_STAFF, S.VERIFYING, S.WITHDRAWN, S.EXPIRED}),
    S.AWAITING_STAFF: frozenset({S.VERIFYING, S.REJECTED, S.WITHDRAWN, S.EXPIRED}),
    S.VERIFYING: frozenset({S.COMPLETED, S.REFUSED, S.UNCERTAIN}),
    S.UNCERTAIN: frozenset({S.COMPLETED, S.REFUSED, S.MANUAL}),
    S.MANUAL: frozenset({S.COMPLETED, S.REFUSED}),
    S.COMPLETED: frozenset({S.UNDOING}),
    S.UNDOING: frozenset({S.UNDONE, S.COMPLETED, S.UNDO_UNCERTAIN}),
    S.UNDO_UNCERTAIN: frozenset({S.UNDONE, S.COMPLETED}),
    S.REJECTED: frozenset(),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.REFUSED: frozenset(),
    S.UNDONE: frozenset(),
}

WAITING = frozenset({S.REQUESTED, S.AWAITING_STAFF})
"""Nothing has been asked of the platform yet."""
UNSETTLED = frozenset({S.VERIFYING, S.UNCERTAIN, S.MANUAL})
"""The platform may have consumed the certificate."""
OPEN = WAITING | UNSETTLED
"""At most one redemption of a certificate is in one of these (`open_key`)."""
UNDO_UNSETTLED = frozenset({S.UNDOING, S.UNDO_UNCERTAIN})
OPEN_FIRST = (S.MANUAL, S.UNCERTAIN, S.VERIFYING, S.UNDO_UNCERTAIN, S.UNDOING)
GRANTED = frozenset({S.COMPLETED, S.UNDOING, S.UNDO_UNCERTAIN})
"""The entitlement exists and stands."""


def together(states: Collection[State]) -> State:
    """Several certificates as one: what is still open counts first, then what was given; the
    first one's state where they agree on nothing."""
    for state in (*OPEN_FIRST, State.COMPLETED, State.UNDONE):
        if state in states:
            return state
    return next(iter(states))


class ResultType(IntEnum):
    """What a redemption gives (checklist S49, decision Q17)."""

    CARD_OPENED = 1
    CARD_RENEWED = 2
    COURSE_BOUGHT = 3
    CLASS_BOOKED = 4


class VoucherStatus(IntEnum):
    """`vouchers.status` (checklist S33, decision Q10)."""

    UNUSED = 1
    REDEEMED = 2
    EXPIRED = 3
    REFUNDED = 4
    REDEEMING = 5
    UNKNOWN = 6
    PARTLY_REDEEMED = 7


CONFIRM_WITHIN = timedelta(minutes=10)
"""Staff may confirm for this long; afterwards the redemption expires (design section 3, step 4)."""

LEASE = timedelta(seconds=15)
"""How long a platform call may take before the doctor looks after it."""

FAST_TRIES = 5
MOST_TRIES = 14


def retry_after(attempts: int) -> timedelta | None:
    """When to ask the platform again after `attempts` tries; None: a person must look.

    Every 5 s for the first five, then every 40 s, fourteen in all (douyin.md 3.3).
    """
    if attempts >= MOST_TRIES:
        return None
    return timedelta(seconds=5 if attempts < FAST_TRIES else 40)
