"""All tables, parents before children."""

from __future__ import annotations

from core.store.tables.base import Row
from core.store.tables.entitlements import (
    Booking,
    ClassSession,
    CourseOrder,
    Entitlement,
    MemberCard,
)
from core.store.tables.manual import ManualRecord, ManualSheetLine, ManualUse
from core.store.tables.operations import (
    AccessToken,
    Alert,
    Audit,
    FailedAttempt,
    IdempotencyKey,
    InboundMessage,
    JobSlot,
    OutboxMessage,
    Task,
)
from core.store.tables.people import (
    BindingCode,
    ChatBinding,
    FaceOffer,
    Member,
    MemberIdentity,
    MiniKey,
    MiniSession,
    NoticeConsent,
    Session,
    Staff,
    StaffVenue,
)
from core.store.tables.places import (
    Kiosk,
    Platform,
    PlatformShop,
    Printer,
    Product,
    SkuMapping,
    Venue,
)
from core.store.tables.pricing import (
    PriceBundle,
    PriceCoupon,
    PriceCouponClaim,
    PriceOnePrice,
    PriceProduct,
    PriceTier,
    PriceVersion,
)
from core.store.tables.pricing_codes import (
    PriceVoucherBatch,
    PriceVoucherCode,
    PriceVoucherCodeArchive,
    PriceVoucherUsage,
    VoucherPrint,
)
from core.store.tables.pricing_orders import PriceOrder, PriceOrderLine, PriceOrderRefund
from core.store.tables.reconciliations import Finding, Reconciliation
from core.store.tables.redemptions import Redemption, RedemptionUse
from core.store.tables.sync import (
    AuthorisationState,
    QuarantinedOrder,
    SyncCursor,
    SyncedOrder,
    SyncRun,
)
from core.store.tables.tallies import DoorTally, VoucherTally
from core.store.tables.visits import Handover, PhoneCode, Visit
from core.store.tables.vouchers import VerificationLog, Voucher

MANUAL_TABLES: tuple[type[Row], ...] = (ManualRecord, ManualUse, ManualSheetLine)

PRICING_TABLES: tuple[type[Row], ...] = (
    PriceVersion, PriceProduct, PriceTier, PriceBundle, PriceOnePrice, PriceCoupon,
    PriceCouponClaim, PriceVoucherBatch, PriceVoucherCode, PriceVoucherCodeArchive,
    PriceVoucherUsage, VoucherPrint, PriceOrder, PriceOrderLine, PriceOrderRefund,
)

MINI_TABLES: tuple[type[Row], ...] = (MiniKey, MiniSession, NoticeConsent, FaceOffer)

VISIT_TABLES: tuple[type[Row], ...] = (Visit, Handover, PhoneCode)

ALL_TABLES: tuple[type[Row], ...] = (
    Platform, Venue, PlatformShop, Kiosk, Printer, Product, SkuMapping,
    Member, MemberIdentity, Staff, StaffVenue, Session, ChatBinding, BindingCode,
    *MINI_TABLES,
    Voucher, VerificationLog, VoucherTally, Redemption, RedemptionUse, DoorTally,
    MemberCard, CourseOrder, ClassSession, Booking, Entitlement,
    AuthorisationState, SyncedOrder, SyncCursor, SyncRun, QuarantinedOrder,
    Reconciliation, Finding, *MANUAL_TABLES,
    AccessToken, Audit, OutboxMessage, Task, Alert,
    IdempotencyKey, JobSlot, InboundMessage, FailedAttempt,
    *VISIT_TABLES,
    *PRICING_TABLES,
)

__all__ = [
    "ALL_TABLES", "MANUAL_TABLES", "MINI_TABLES", "PRICING_TABLES", "VISIT_TABLES", "Row",
    "AccessToken", "Alert", "Audit", "AuthorisationState", "BindingCode", "Booking",
    "ChatBinding",
    "ClassSession", "CourseOrder", "DoorTally", "Entitlement", "FaceOffer",
    "FailedAttempt", "Finding", "Handover", "PhoneCode", "Visit",
    "IdempotencyKey",
    "InboundMessage", "JobSlot", "Kiosk", "ManualRecord", "ManualSheetLine", "ManualUse",
    "Member", "MemberCard", "MemberIdentity",
    "MiniKey", "MiniSession", "NoticeConsent",
    "OutboxMessage", "Platform", "PlatformShop", "PriceBundle", "PriceCoupon",
    "PriceCouponClaim", "PriceOnePrice", "PriceOrder", "PriceOrderLine", "PriceOrderRefund",
    "PriceProduct", "PriceTier", "PriceVersion", "PriceVoucherBatch", "PriceVoucherCode",
    "PriceVoucherCodeArchive", "PriceVoucherUsage", "Printer", "Product", "QuarantinedOrder",
    "Reconciliation", "Redemption",
    "RedemptionUse", "Session", "SkuMapping", "Staff", "StaffVenue", "SyncCursor", "SyncRun",
    "SyncedOrder", "Task", "Venue", "VerificationLog",
    "Voucher", "VoucherPrint", "VoucherTally",
]
