"""What members hold: claimed coupons and codes, by whom they are held.

Read at every price, so all of it is one statement, written as SQL: a union of differently shaped
parts is nothing that `compiled` knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.compiled import Compiled
from core.store.select import tuples
from core.store.tables import Member, MemberIdentity, PriceVoucherCode

FACE = "face"


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A claim record that can still be used."""

    claim_id: int
    coupon_id: int


@dataclass(frozen=True, slots=True)
class HeldCode:
    """A code that its holder may still use, if its window is open. `code` is whole."""

    id: int
    batch_id: int
    code: str
    expires_at: datetime | None
    uses_left: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What somebody holds at a venue, first claimed first, and the faces he is known by."""

    faces: tuple[str, ...]
    coupons: tuple[HeldCoupon, ...]
    codes: tuple[HeldCode, ...]


_FACE_ROWS, _COUPON_ROWS, _CODE_ROWS = range(3)
_CODES_OF = (f"SELECT {_CODE_ROWS}, id, batch_id, max_uses - used_count, code, expires_at "
             "FROM price_voucher_code WHERE scenic_id = ? AND status + 0 = 1 AND face_id")
_COUPONS_OF = (f"SELECT {_COUPON_ROWS}, id, coupon_id, 0, '', NULL "
               "FROM price_coupon_claim_record WHERE status = 'claimed' AND")
_MY_FACES = "FROM member_identities WHERE member_id = ? AND kind = 'face'"
_ALL = " UNION ALL "
# Looked up by whom they are of, never by their status: `+ 0`. The first part has every column's
# type; PostgreSQL reads the NULLs of the others by it.
OF_MEMBER = _ALL.join((
    f"{_CODES_OF} IN (SELECT external_id {_MY_FACES})", f"{_CODES_OF} = ?",
    f"{_COUPONS_OF} holder = ?",
    f"{_COUPONS_OF} user_id IS NULL AND face_id IN (SELECT external_id {_MY_FACES})",
    f"SELECT {_FACE_ROWS}, id, 0, 0, external_id, NULL {_MY_FACES}"))
OF_FACE = _ALL.join((f"{_CODES_OF} = ?", f"{_COUPONS_OF} holder = ?"))


def of_member(member_id: int, scenic_id: int) -> Holdings:
    """Of a member: with all his faces, with none (`faceless`), and what he claimed with a face
    before he was a member."""
    return _holdings(OF_MEMBER, (scenic_id, member_id, scenic_id, faceless(member_id),
                                 f"m{member_id}", member_id, member_id))


def of_face(face_id: str, scenic_id: int) -> Holdings:
    """Of a face that belongs to no member."""
    return _holdings(OF_FACE, (scenic_id, face_id, f"f{face_id}"))


def faceless(member_id: int) -> str:
    """The face id of a member who claims without a face; no camera's ids begin so."""
    return f"@{member_id}"


def _holdings(sql: str, values: tuple[Any, ...]) -> Holdings:
    database = PriceVoucherCode._meta.database
    rows = sorted(database.execute_sql(sql.replace("?", database.param), values).fetchall(),
                  key=_by_id)
    return Holdings(
        tuple([row[4] for row in rows if row[0] == _FACE_ROWS]),
        tuple([HeldCoupon(row[1], row[2]) for row in rows if row[0] == _COUPON_ROWS]),
        tuple([HeldCode(row[1], row[2], str(_plain(row[4])), _instant(row[5]), row[3])
               for row in rows if row[0] == _CODE_ROWS]))


def _by_id(row: tuple[Any, ...]) -> int:
    return int(row[1])


_plain = PriceVoucherCode.code.python_value
_instant = PriceVoucherCode.expires_at.python_value

_FACES = Compiled(lambda member_id: MemberIdentity.select(MemberIdentity.external_id).where(
    (MemberIdentity.member == member_id) & (MemberIdentity.kind == FACE))
    .order_by(MemberIdentity.id))


def faces_of(member_id: int) -> tuple[str, ...]:
    """A member's faces, the first registered first."""
    return tuple(row[0] for row in _FACES.tuples(member_id=member_id))


def member_of_face(face_id: str) -> int | None:
    """The member with this face, or whom he was merged into."""
    rows = tuples(MemberIdentity.select(MemberIdentity.member).where(
        (MemberIdentity.kind == FACE) & (MemberIdentity.app_id == "")
        & (MemberIdentity.external_id == face_id)).limit(1))
    member = int(rows[0][0]) if rows else None
    while member is not None:
        merged = tuples(Member.select(Member.merged_into).where(Member.id == member))
        if not merged or merged[0][0] is None:
            return member
        member = int(merged[0][0])
    return None
