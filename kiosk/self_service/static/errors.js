// Error word → how it looks: band, icon, what to try. The words themselves are in the catalogues.

const UNTOUCHED = { state: "unused", shape: "unused", bandKey: "band.untouched", hero: "info",
  tips: ["error.desk"], acts: ["retry"] };
const UNREAD = { state: "unused", shape: "scan", bandKey: "band.unread", hero: "scan",
  tips: ["error.scan_tip", "error.order_tip"], acts: ["type"] };
const UNSEEN = { ...UNREAD, shape: "camera", hero: "camera", tips: ["home.aim"] };
const REDEEMED = { ...UNTOUCHED, state: "redeemed", shape: "redeemed", bandKey: "band.redeemed",
  hero: "redeemed", acts: [] };
const EXPIRED = { ...UNTOUCHED, state: "expired", shape: "expired", bandKey: "band.expired",
  hero: "expired", acts: [] };
const REFUNDED = { ...UNTOUCHED, state: "refunded", shape: "refunded", bandKey: "band.refunded",
  hero: "refunded", acts: [] };
const VERIFYING = { ...UNTOUCHED, state: "verifying", shape: "verifying",
  bandKey: "band.verifying", hero: "verifying", acts: ["follow"] };
const UNKNOWN = { ...UNTOUCHED, state: "unknown", shape: "unknown", bandKey: "band.unknown",
  hero: "unknown", acts: ["follow", "retry"] };
const CHOOSE = { ...UNTOUCHED, acts: ["choose", "retry"] };
const PHONE = { ...UNTOUCHED, hero: "phone", acts: ["rephone", "choose"] };
const ELSEWHERE = { ...UNTOUCHED, hero: "pin", acts: [] };
const MACHINE = { ...UNTOUCHED, state: "expired", shape: "warn", bandKey: "band.machine",
  hero: "warn" };
const NO_PROMISE = { ...MACHINE, bandKey: "error.title" };
const NO_ENTRY = { ...UNTOUCHED, state: "expired", shape: "expired", bandKey: "visit.title",
  hero: "person", acts: [] };

const KINDS = [
  [UNREAD, ["voucher_not_found", "unreadable", "empty", "too_long", "not_a_code", "wrong_length",
    "payment_code", "phone_number", "id_card", "order_number", "product_barcode", "masked_code",
    "several_codes", "own_code_typo", "other_qr", "other_shop_link", "no_code_in_link",
    "own_link", "private_link", "unsafe_link", "wrong_platform", "not_an_image",
    "image_too_large", "too_large", "qr_expired", "nothing_to_redeem", "pass_unreadable"]],
  [NO_ENTRY, ["pass_expired", "pass_nothing", "sign_in_code_wrong", "already_booked",
    "nothing_to_book_with", "too_late_to_cancel", "seat_not_booked", "class_not_found"]],
  [UNSEEN, ["camera_blocked", "camera_missing"]],
  [REDEEMED, ["already_redeemed", "entitlement_used", "undo_window_passed",
    "whole_verification_only"]],
  [EXPIRED, ["expired"]],
  [REFUNDED, ["refunded", "refunding"]],
  [VERIFYING, ["in_progress", "already_decided", "conflict", "idempotency_conflict"]],
  [UNKNOWN, ["platform_unknown"]],
  [ELSEWHERE, ["wrong_venue", "other_venue"]],
  [CHOOSE, ["class_full", "class_started", "nothing_to_renew", "not_enough_uses", "choice_gone",
    "choice_needed", "handover_over", "handover_taken"]],
  [PHONE, ["phone_needed", "phone_malformed"]],
  [UNTOUCHED, ["not_started", "unmapped_sku", "frozen", "not_redeemed", "inspection_expired",
    "inspection_of_another_venue", "inspection_unreadable", "no_such_certificate", "own_code",
    "product_config_not_found", "order_not_found",
    "certificates_differ", "certificate_twice", "not_consumed", "no_such_use",
    "platform_refused", "voucher_error", "invalid_input", "not_found",
    "redemption_not_found"]],
  [MACHINE, ["platform_disabled", "platform_busy", "platform_misconfigured", "platform_error",
    "bad_request", "wrong_content_type", "method_not_allowed", "not_allowed",
    "role_too_low", "not_signed_in", "too_many_requests",
    "idempotency_key_malformed", "pairing_code_wrong", "venue_closed", "venue_needed"]],
  [NO_PROMISE, ["error", "internal_error"]],
];

const BY_WORD = new Map(KINDS.flatMap(([kind, words]) => words.map((word) => [word, kind])));

/** How an error word looks. Of a word not listed nothing can be promised. */
export function kindOf(word) {
  return BY_WORD.get(word) ?? NO_PROMISE;
}
