"""Members, staff, and what proves who is calling."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField, SmallIntegerField

from core.store.tables.base import Row
from core.store.tables.fields import JsonField, SealedField, SecretField, UtcDateTime
from core.store.tables.places import Platform, Venue


class Member(Row):
    """A customer. `phone` is unique: found or made by it, never twice (checklist S79–S81)."""

    phone = SealedField(100, null=True, unique=True)
    phone_tail = CharField(4, default="", index=True)
    name = CharField(50, default="")
    phone_verified_at = UtcDateTime(null=True)
    merged_into_id: int | None
    merged_into = ForeignKeyField("self", null=True, on_delete="RESTRICT")
    first_platform_id: int | None
    first_platform = ForeignKeyField(Platform, null=True, on_delete="RESTRICT", index=False)
    """The platform whose voucher made this person a member (S4); NULL: came another way."""
    first_venue_id: int | None
    first_venue = ForeignKeyField(Venue, null=True, on_delete="RESTRICT", index=False)
    """Where that was."""
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "members"
        indexes = ((("created_at", "first_platform", "first_venue"), False),)


class MemberIdentity(Row):
    """One of a member's faces (decision Q18): kind is face, wechat_mini, douyin_mini, wechat_oa."""

    member_id: int
    member = ForeignKeyField(Member, on_delete="RESTRICT")
    kind = CharField(20)
    app_id = CharField(64, default="")
    external_id = CharField(128)
    union_id = CharField(128, null=True, index=True)

    class Meta:
        table_name = "member_identities"
        indexes = ((("kind", "app_id", "external_id"), True),)


class Staff(Row):
    """role: admin (all venues), manager, clerk."""

    username = CharField(50, unique=True)
    name = CharField(50)
    role = CharField(10)
    password_hash = CharField(200)
    venue_id: int | None
    venue = ForeignKeyField(Venue, null=True, on_delete="RESTRICT")
    """The venue worked in now; the ones allowed are in `staff_venues`."""
    failed_logins = SmallIntegerField(default=0)
    locked_until = UtcDateTime(null=True)
    status = SmallIntegerField(default=1)

    class Meta:
        table_name = "staff"


class StaffVenue(Row):
    """A venue that a manager or clerk may work in."""

    staff_id: int
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")

    class Meta:
        table_name = "staff_venues"
        indexes = ((("staff", "venue"), True),)


class Session(Row):
    """A bearer token, hashed. kind: staff, kiosk, member; `subject_id` is the row of that kind."""

    kind = CharField(10)
    subject_id = CharField(20)
    token_hash = CharField(64, unique=True)
    door = CharField(20, default="")
    csrf = CharField(64, default="")
    agent = CharField(200, default="")
    expires_at = UtcDateTime()
    last_seen_at = UtcDateTime(null=True)
    revoked_at = UtcDateTime(null=True)

    class Meta:
        table_name = "sessions"
        indexes = ((("kind", "subject_id"), False),)


class MiniKey(Row):
    """The session key of an identity's last login: it opens what that phone encrypts. A new login
    replaces it, as it does at the platform."""

    identity_id: int
    identity = ForeignKeyField(MemberIdentity, unique=True, on_delete="RESTRICT")
    session_key = SecretField()
    logged_in_at = UtcDateTime()

    class Meta:
        table_name = "mini_keys"


class MiniSession(Row):
    """Which identity a member's session was opened with."""

    session_id: int
    session = ForeignKeyField(Session, unique=True, on_delete="CASCADE")
    identity_id: int
    identity = ForeignKeyField(MemberIdentity, on_delete="RESTRICT")

    class Meta:
        table_name = "mini_sessions"


class NoticeConsent(Row):
    """How many messages of a template an identity has allowed and not got yet (wechat.md 6)."""

    identity_id: int
    identity = ForeignKeyField(MemberIdentity, on_delete="RESTRICT", index=False)
    template_id = CharField(128)
    left = IntegerField(default=0)
    changed_at = UtcDateTime()

    class Meta:
        table_name = "notice_consents"
        indexes = ((("identity", "template_id"), True),)


class FaceOffer(Row):
    """A one-time code by which a member takes over the face that a kiosk sees; hashed."""

    face_id = CharField(128)
    venue_id: int
    venue = ForeignKeyField(Venue, on_delete="RESTRICT")
    code_hash = CharField(64, unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)

    class Meta:
        table_name = "face_offers"


class ChatBinding(Row):
    """A chat identity of a staff member (wechat.md 8.4). channel: wecom, wechat."""

    staff_id: int
    staff = ForeignKeyField(Staff, on_delete="RESTRICT")
    channel = CharField(10)
    app_id = CharField(64)
    external_id = CharField(128)
    alerts = JsonField(default=dict)
    language = CharField(5, default="zh")
    pending = SecretField(null=True)
    """JSON: the step this person is asked to confirm, good until `pending_until`. It may hold a
    member's phone."""
    pending_until = UtcDateTime(null=True)

    class Meta:
        table_name = "chat_bindings"
        indexes = ((("channel", "app_id", "external_id"), True),)


class BindingCode(Row):
    """A one-time code that ties a chat identity to a staff member; hashed, 10 minutes."""

    staff_id: int
    staff = ForeignKeyField(Staff, on_delete="RESTRICT")
    code_hash = CharField(64, unique=True)
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)

    class Meta:
        table_name = "binding_codes"
