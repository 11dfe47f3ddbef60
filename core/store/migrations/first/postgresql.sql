CREATE TABLE "access_tokens" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "name" VARCHAR(150) NOT NULL,
  "value" TEXT,
  "expires_at" TIMESTAMP,
  "claim" VARCHAR(32) NOT NULL,
  "claimed_until" TIMESTAMP);

CREATE UNIQUE INDEX "access_tokens_name" ON "access_tokens" ("name");

CREATE TABLE "venues" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "name" VARCHAR(50) NOT NULL,
  "brand" VARCHAR(50) NOT NULL,
  "zone" VARCHAR(40) NOT NULL,
  "address" VARCHAR(200) NOT NULL,
  "phone" VARCHAR(30) NOT NULL,
  "confirm_policy" TEXT NOT NULL,
  "auto_limit_fen" BIGINT,
  "opens" VARCHAR(5) NOT NULL,
  "closes" VARCHAR(5) NOT NULL,
  "robot_key" TEXT,
  "status" SMALLINT NOT NULL,
  "kiosk_cart" BOOLEAN NOT NULL);

CREATE TABLE "alerts" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT,
  "kind" VARCHAR(40) NOT NULL,
  "severity" VARCHAR(10) NOT NULL,
  "open_key" VARCHAR(128),
  "facts" TEXT NOT NULL,
  "task_id" BIGINT,
  "times" INTEGER NOT NULL,
  "last_at" TIMESTAMP NOT NULL,
  "over_at" TIMESTAMP,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "alerts_venue_id" ON "alerts" ("venue_id");

CREATE UNIQUE INDEX "alerts_open_key" ON "alerts" ("open_key");

CREATE INDEX "alerts_created_at" ON "alerts" ("created_at");

CREATE TABLE "audit" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "door" VARCHAR(20) NOT NULL,
  "venue_id" BIGINT,
  "action" VARCHAR(50) NOT NULL,
  "subject_kind" VARCHAR(20) NOT NULL,
  "subject_id" BIGINT NOT NULL,
  "from_state" VARCHAR(20) NOT NULL,
  "to_state" VARCHAR(20) NOT NULL,
  "platform_log_id" VARCHAR(100) NOT NULL,
  "request_id" VARCHAR(64) NOT NULL,
  "facts" TEXT NOT NULL);

CREATE INDEX "audit_subject_kind_subject_id" ON "audit" ("subject_kind", "subject_id");

CREATE INDEX "audit_created_at" ON "audit" ("created_at");

CREATE TABLE "third_party_platforms" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_name" VARCHAR(50) NOT NULL,
  "platform_code" VARCHAR(20) NOT NULL,
  "app_id" VARCHAR(100),
  "app_secret" TEXT,
  "api_url" VARCHAR(255),
  "status" SMALLINT NOT NULL,
  "config" TEXT NOT NULL,
  "updated_at" TIMESTAMP NOT NULL);

CREATE UNIQUE INDEX "third_party_platforms_platform_code" ON "third_party_platforms" ("platform_code");

CREATE TABLE "staff" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "username" VARCHAR(50) NOT NULL,
  "name" VARCHAR(50) NOT NULL,
  "role" VARCHAR(10) NOT NULL,
  "password_hash" VARCHAR(200) NOT NULL,
  "venue_id" BIGINT,
  "failed_logins" SMALLINT NOT NULL,
  "locked_until" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "staff_username" ON "staff" ("username");

CREATE INDEX "staff_venue_id" ON "staff" ("venue_id");

CREATE TABLE "authorisation_states" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "business" VARCHAR(10) NOT NULL,
  "staff_id" BIGINT NOT NULL,
  "state_hash" VARCHAR(64) NOT NULL,
  "expires_at" TIMESTAMP NOT NULL,
  "used_at" TIMESTAMP,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("staff_id") REFERENCES "staff" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "authorisation_states_state_hash" ON "authorisation_states" ("state_hash");

CREATE INDEX "authorisation_states_created_at" ON "authorisation_states" ("created_at");

CREATE TABLE "binding_codes" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "staff_id" BIGINT NOT NULL,
  "code_hash" VARCHAR(64) NOT NULL,
  "expires_at" TIMESTAMP NOT NULL,
  "used_at" TIMESTAMP,
  FOREIGN KEY ("staff_id") REFERENCES "staff" ("id") ON DELETE RESTRICT);

CREATE INDEX "binding_codes_staff_id" ON "binding_codes" ("staff_id");

CREATE UNIQUE INDEX "binding_codes_code_hash" ON "binding_codes" ("code_hash");

CREATE TABLE "class_sessions" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "family" VARCHAR(50) NOT NULL,
  "coach" VARCHAR(50) NOT NULL,
  "starts_at" TIMESTAMP NOT NULL,
  "ends_at" TIMESTAMP NOT NULL,
  "capacity" INTEGER NOT NULL,
  "taken" INTEGER NOT NULL,
  "status" VARCHAR(10) NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "class_sessions_venue_id_starts_at" ON "class_sessions" ("venue_id", "starts_at");

CREATE TABLE "members" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "phone" VARCHAR(100),
  "phone_tail" VARCHAR(4) NOT NULL,
  "name" VARCHAR(50) NOT NULL,
  "phone_verified_at" TIMESTAMP,
  "merged_into_id" BIGINT,
  "first_platform_id" BIGINT,
  "first_venue_id" BIGINT,
  "status" SMALLINT NOT NULL,
  FOREIGN KEY ("merged_into_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("first_platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("first_venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "members_phone" ON "members" ("phone");

CREATE INDEX "members_phone_tail" ON "members" ("phone_tail");

CREATE INDEX "members_merged_into_id" ON "members" ("merged_into_id");

CREATE INDEX "members_created_at_first_platform_id_first_venue_id" ON "members" ("created_at", "first_platform_id", "first_venue_id");

CREATE TABLE "products" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "name" VARCHAR(100) NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "voucher_type" SMALLINT NOT NULL,
  "days" INTEGER,
  "uses" INTEGER,
  "family" VARCHAR(50) NOT NULL,
  "price_fen" BIGINT,
  "status" SMALLINT NOT NULL);

CREATE TABLE "vouchers" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "voucher_no" VARCHAR(255) NOT NULL,
  "certificate_id" VARCHAR(255) NOT NULL,
  "code_tail" VARCHAR(4) NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "platform_order_no" VARCHAR(100),
  "sku_id" VARCHAR(64) NOT NULL,
  "voucher_type" SMALLINT NOT NULL,
  "product_id" BIGINT,
  "product_name" VARCHAR(100) NOT NULL,
  "original_price_fen" BIGINT,
  "paid_price_fen" BIGINT,
  "use_amounts_fen" TEXT NOT NULL,
  "user_phone" VARCHAR(20),
  "user_name" VARCHAR(50),
  "status" SMALLINT NOT NULL,
  "uses_total" INTEGER NOT NULL,
  "uses_used" INTEGER NOT NULL,
  "starts_at" TIMESTAMP,
  "expires_at" TIMESTAMP,
  "expire_date" DATE,
  "venue_id" BIGINT,
  "verified_at" TIMESTAMP,
  "verified_by" BIGINT,
  "user_id" BIGINT,
  "remark" TEXT,
  "refunded_at" TIMESTAMP,
  "refunded_fen" BIGINT,
  "platform_updated_at" TIMESTAMP,
  "updated_at" TIMESTAMP NOT NULL,
  "stale" SMALLINT NOT NULL DEFAULT 1,
  "tallied" VARCHAR(100),
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "vouchers_code_tail" ON "vouchers" ("code_tail");

CREATE INDEX "vouchers_product_id" ON "vouchers" ("product_id");

CREATE INDEX "vouchers_venue_id" ON "vouchers" ("venue_id");

CREATE INDEX "vouchers_user_id" ON "vouchers" ("user_id");

CREATE INDEX "vouchers_stale" ON "vouchers" ("stale");

CREATE UNIQUE INDEX "vouchers_platform_id_certificate_id" ON "vouchers" ("platform_id", "certificate_id");

CREATE UNIQUE INDEX "vouchers_platform_id_voucher_no" ON "vouchers" ("platform_id", "voucher_no");

CREATE INDEX "vouchers_created_at_platform_id_voucher_type_venue_id_status" ON "vouchers" ("created_at", "platform_id", "voucher_type", "venue_id", "status");

CREATE INDEX "vouchers_verified_at_platform_id_voucher_type_venue_id_status" ON "vouchers" ("verified_at", "platform_id", "voucher_type", "venue_id", "status");

CREATE INDEX "vouchers_expire_date_platform_id_voucher_type_venue_id_status" ON "vouchers" ("expire_date", "platform_id", "voucher_type", "venue_id", "status");

CREATE INDEX "idx_voucher_no" ON "vouchers" ("voucher_no");

CREATE INDEX "idx_platform_order_no" ON "vouchers" ("platform_order_no");

CREATE INDEX "idx_user_phone" ON "vouchers" ("user_phone");

CREATE INDEX "idx_status" ON "vouchers" ("status", "created_at");

CREATE TABLE "redemptions" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "ref" VARCHAR(32) NOT NULL,
  "voucher_id" BIGINT NOT NULL,
  "open_key" BIGINT,
  "lead_id" BIGINT,
  "along" SMALLINT NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "door" VARCHAR(20) NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "confirmed_by" BIGINT,
  "confirmed_door" VARCHAR(20) NOT NULL,
  "phone" VARCHAR(100),
  "name" VARCHAR(50) NOT NULL,
  "member_id" BIGINT,
  "uses" INTEGER NOT NULL,
  "choice" TEXT NOT NULL,
  "request_key" VARCHAR(64) NOT NULL,
  "handle" VARCHAR(1000) NOT NULL,
  "verify_token" VARCHAR(500) NOT NULL,
  "scanned" VARCHAR(1500) NOT NULL,
  "operator" VARCHAR(64) NOT NULL,
  "operator_name" VARCHAR(50) NOT NULL,
  "told" TEXT NOT NULL,
  "expires_at" TIMESTAMP,
  "attempts" INTEGER NOT NULL,
  "next_try_at" TIMESTAMP,
  "first_tried_at" TIMESTAMP,
  "error" VARCHAR(50) NOT NULL,
  "error_facts" TEXT NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "platform_log_id" VARCHAR(100) NOT NULL,
  "result_type" SMALLINT,
  "result_id" BIGINT,
  "completed_at" TIMESTAMP,
  "consumed_at" TIMESTAMP,
  "moved_at" TIMESTAMP NOT NULL,
  "undo_by" BIGINT,
  "undo_reason" VARCHAR(200) NOT NULL,
  "undo_key" VARCHAR(64) NOT NULL,
  "undo_door" VARCHAR(20) NOT NULL,
  "undo_uses" TEXT,
  FOREIGN KEY ("voucher_id") REFERENCES "vouchers" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "redemptions_ref" ON "redemptions" ("ref");

CREATE INDEX "redemptions_voucher_id" ON "redemptions" ("voucher_id");

CREATE UNIQUE INDEX "redemptions_open_key" ON "redemptions" ("open_key");

CREATE INDEX "redemptions_lead_id" ON "redemptions" ("lead_id");

CREATE INDEX "redemptions_member_id" ON "redemptions" ("member_id");

CREATE UNIQUE INDEX "redemptions_request_key" ON "redemptions" ("request_key");

CREATE INDEX "redemptions_completed_at" ON "redemptions" ("completed_at");

CREATE INDEX "redemptions_state_next_try_at" ON "redemptions" ("state", "next_try_at");

CREATE INDEX "redemptions_venue_id_state_created_at" ON "redemptions" ("venue_id", "state", "created_at");

CREATE TABLE "course_orders" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "member_id" BIGINT NOT NULL,
  "product_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "uses_total" INTEGER NOT NULL,
  "uses_used" INTEGER NOT NULL,
  "ends_on" DATE,
  "status" VARCHAR(10) NOT NULL,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "course_orders_member_id" ON "course_orders" ("member_id");

CREATE INDEX "course_orders_product_id" ON "course_orders" ("product_id");

CREATE INDEX "course_orders_venue_id" ON "course_orders" ("venue_id");

CREATE TABLE "class_bookings" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "session_id" BIGINT NOT NULL,
  "member_id" BIGINT,
  "redemption_id" BIGINT,
  "course_order_id" BIGINT,
  "seats" SMALLINT NOT NULL,
  "status" VARCHAR(10) NOT NULL,
  "booked_at" TIMESTAMP,
  FOREIGN KEY ("session_id") REFERENCES "class_sessions" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("redemption_id") REFERENCES "redemptions" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("course_order_id") REFERENCES "course_orders" ("id") ON DELETE RESTRICT);

CREATE INDEX "class_bookings_session_id" ON "class_bookings" ("session_id");

CREATE INDEX "class_bookings_member_id" ON "class_bookings" ("member_id");

CREATE UNIQUE INDEX "class_bookings_redemption_id" ON "class_bookings" ("redemption_id");

CREATE INDEX "class_bookings_course_order_id" ON "class_bookings" ("course_order_id");

CREATE TABLE "chat_bindings" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "staff_id" BIGINT NOT NULL,
  "channel" VARCHAR(10) NOT NULL,
  "app_id" VARCHAR(64) NOT NULL,
  "external_id" VARCHAR(128) NOT NULL,
  "alerts" TEXT NOT NULL,
  "language" VARCHAR(5) NOT NULL,
  "pending" TEXT,
  "pending_until" TIMESTAMP,
  FOREIGN KEY ("staff_id") REFERENCES "staff" ("id") ON DELETE RESTRICT);

CREATE INDEX "chat_bindings_staff_id" ON "chat_bindings" ("staff_id");

CREATE UNIQUE INDEX "chat_bindings_channel_app_id_external_id" ON "chat_bindings" ("channel", "app_id", "external_id");

CREATE TABLE "door_tallies" ("day" DATE NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "door" VARCHAR(20) NOT NULL,
  "completed" INTEGER NOT NULL,
  PRIMARY KEY ("day", "venue_id", "door"));

CREATE TABLE "entitlements" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "redemption_id" BIGINT NOT NULL,
  "member_id" BIGINT NOT NULL,
  "result_type" SMALLINT NOT NULL,
  "target_id" BIGINT NOT NULL,
  "before" TEXT NOT NULL,
  "after" TEXT NOT NULL,
  "status" VARCHAR(12) NOT NULL,
  "changed_at" TIMESTAMP,
  FOREIGN KEY ("redemption_id") REFERENCES "redemptions" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "entitlements_redemption_id" ON "entitlements" ("redemption_id");

CREATE INDEX "entitlements_member_id" ON "entitlements" ("member_id");

CREATE INDEX "entitlements_target_id" ON "entitlements" ("target_id");

CREATE TABLE "face_offers" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "face_id" VARCHAR(128) NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "code_hash" VARCHAR(64) NOT NULL,
  "expires_at" TIMESTAMP NOT NULL,
  "used_at" TIMESTAMP,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "face_offers_venue_id" ON "face_offers" ("venue_id");

CREATE UNIQUE INDEX "face_offers_code_hash" ON "face_offers" ("code_hash");

CREATE TABLE "failed_attempts" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scope" VARCHAR(20) NOT NULL,
  "who" VARCHAR(64) NOT NULL);

CREATE INDEX "failed_attempts_scope_who_created_at" ON "failed_attempts" ("scope", "who", "created_at");

CREATE INDEX "failed_attempts_created_at" ON "failed_attempts" ("created_at");

CREATE TABLE "reconciliations" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "day" DATE NOT NULL,
  "state" VARCHAR(10) NOT NULL,
  "counts" TEXT NOT NULL,
  "our_count" INTEGER NOT NULL,
  "our_fen" BIGINT NOT NULL,
  "platform_count" INTEGER NOT NULL,
  "platform_fen" BIGINT NOT NULL,
  "runs" INTEGER NOT NULL,
  "error" VARCHAR(80) NOT NULL,
  "ran_at" TIMESTAMP NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "reconciliations_venue_id_platform_id_day" ON "reconciliations" ("venue_id", "platform_id", "day");

CREATE INDEX "reconciliations_day" ON "reconciliations" ("day");

CREATE TABLE "reconciliation_findings" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "reconciliation_id" BIGINT NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "state" VARCHAR(10) NOT NULL,
  "verify_id" VARCHAR(100) NOT NULL,
  "voucher_id" BIGINT,
  "redemption_id" BIGINT,
  "use_id" BIGINT,
  "certificate_id" VARCHAR(255) NOT NULL,
  "code" VARCHAR(255) NOT NULL,
  "sku_id" VARCHAR(64) NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "used_at" TIMESTAMP NOT NULL,
  "our_fen" BIGINT,
  "platform_fen" BIGINT,
  "fix" VARCHAR(20) NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "fixed_at" TIMESTAMP,
  "fixed_by" BIGINT,
  FOREIGN KEY ("reconciliation_id") REFERENCES "reconciliations" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("voucher_id") REFERENCES "vouchers" ("id") ON DELETE RESTRICT);

CREATE INDEX "reconciliation_findings_voucher_id" ON "reconciliation_findings" ("voucher_id");

CREATE UNIQUE INDEX "reconciliation_findings_reconciliation_id_verify_id" ON "reconciliation_findings" ("reconciliation_id", "verify_id");

CREATE INDEX "reconciliation_findings_state" ON "reconciliation_findings" ("state");

CREATE TABLE "kiosks" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "name" VARCHAR(50) NOT NULL,
  "pairing_hash" VARCHAR(64),
  "pairing_expires_at" TIMESTAMP,
  "paired_at" TIMESTAMP,
  "last_seen_at" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "kiosks_venue_id" ON "kiosks" ("venue_id");

CREATE UNIQUE INDEX "kiosks_pairing_hash" ON "kiosks" ("pairing_hash");

CREATE TABLE "handovers" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "kiosk_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "code_hash" VARCHAR(64) NOT NULL,
  "phone_hash" VARCHAR(64),
  "state" VARCHAR(10) NOT NULL,
  "inspection" TEXT,
  "ref" VARCHAR(40),
  "expires_at" TIMESTAMP NOT NULL,
  "taken_at" TIMESTAMP,
  FOREIGN KEY ("kiosk_id") REFERENCES "kiosks" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "handovers_kiosk_id" ON "handovers" ("kiosk_id");

CREATE INDEX "handovers_venue_id" ON "handovers" ("venue_id");

CREATE UNIQUE INDEX "handovers_code_hash" ON "handovers" ("code_hash");

CREATE UNIQUE INDEX "handovers_phone_hash" ON "handovers" ("phone_hash");

CREATE TABLE "idempotency_keys" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scope" VARCHAR(40) NOT NULL,
  "key" VARCHAR(128) NOT NULL,
  "fingerprint" VARCHAR(64) NOT NULL,
  "status" INTEGER,
  "answer" TEXT);

CREATE UNIQUE INDEX "idempotency_keys_scope_key" ON "idempotency_keys" ("scope", "key");

CREATE INDEX "idempotency_keys_created_at" ON "idempotency_keys" ("created_at");

CREATE TABLE "inbound_messages" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "source" VARCHAR(20) NOT NULL,
  "message_key" VARCHAR(200) NOT NULL,
  "answer" TEXT,
  "lease_until" TIMESTAMP);

CREATE UNIQUE INDEX "inbound_messages_source_message_key" ON "inbound_messages" ("source", "message_key");

CREATE INDEX "inbound_messages_created_at" ON "inbound_messages" ("created_at");

CREATE TABLE "job_slots" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "job" VARCHAR(50) NOT NULL,
  "slot" VARCHAR(40) NOT NULL,
  "finished_at" TIMESTAMP,
  "lease_until" TIMESTAMP,
  "result" VARCHAR(200) NOT NULL);

CREATE UNIQUE INDEX "job_slots_job_slot" ON "job_slots" ("job", "slot");

CREATE TABLE "manual_records" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "code" VARCHAR(255) NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "sku_id" VARCHAR(64) NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "original_fen" BIGINT NOT NULL,
  "paid_fen" BIGINT NOT NULL,
  "uses_total" INTEGER NOT NULL,
  "expires_at" TIMESTAMP,
  "refund" VARCHAR(10) NOT NULL,
  "note" VARCHAR(200) NOT NULL,
  "picture" BYTEA,
  "picture_type" VARCHAR(20) NOT NULL,
  "recorded_by" BIGINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "manual_records_code" ON "manual_records" ("code");

CREATE INDEX "manual_records_venue_id" ON "manual_records" ("venue_id");

CREATE TABLE "manual_sheet_lines" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "code" VARCHAR(255) NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "used_at" TIMESTAMP NOT NULL,
  "nth" SMALLINT NOT NULL,
  "amount_fen" BIGINT,
  "cancelled" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "manual_sheet_lines_venue_id_code_used_at_nth" ON "manual_sheet_lines" ("venue_id", "code", "used_at", "nth");

CREATE INDEX "manual_sheet_lines_venue_id_used_at" ON "manual_sheet_lines" ("venue_id", "used_at");

CREATE TABLE "manual_uses" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "record_id" BIGINT NOT NULL,
  "number" SMALLINT NOT NULL,
  "standing" SMALLINT,
  "verify_id" VARCHAR(100) NOT NULL,
  "key" VARCHAR(64) NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "operator" VARCHAR(64) NOT NULL,
  "used_at" TIMESTAMP NOT NULL,
  "cancelled_at" TIMESTAMP,
  FOREIGN KEY ("record_id") REFERENCES "manual_records" ("id") ON DELETE RESTRICT);

CREATE INDEX "manual_uses_key" ON "manual_uses" ("key");

CREATE UNIQUE INDEX "manual_uses_record_id_number_standing" ON "manual_uses" ("record_id", "number", "standing");

CREATE TABLE "member_cards" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "member_id" BIGINT NOT NULL,
  "product_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "starts_on" DATE NOT NULL,
  "ends_on" DATE NOT NULL,
  "visits" INTEGER NOT NULL,
  "status" VARCHAR(10) NOT NULL,
  "version" INTEGER NOT NULL,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "member_cards_member_id" ON "member_cards" ("member_id");

CREATE INDEX "member_cards_product_id" ON "member_cards" ("product_id");

CREATE INDEX "member_cards_venue_id" ON "member_cards" ("venue_id");

CREATE TABLE "member_identities" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "member_id" BIGINT NOT NULL,
  "kind" VARCHAR(20) NOT NULL,
  "app_id" VARCHAR(64) NOT NULL,
  "external_id" VARCHAR(128) NOT NULL,
  "union_id" VARCHAR(128),
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT);

CREATE INDEX "member_identities_member_id" ON "member_identities" ("member_id");

CREATE INDEX "member_identities_union_id" ON "member_identities" ("union_id");

CREATE UNIQUE INDEX "member_identities_kind_app_id_external_id" ON "member_identities" ("kind", "app_id", "external_id");

CREATE TABLE "mini_keys" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "identity_id" BIGINT NOT NULL,
  "session_key" TEXT NOT NULL,
  "logged_in_at" TIMESTAMP NOT NULL,
  FOREIGN KEY ("identity_id") REFERENCES "member_identities" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "mini_keys_identity_id" ON "mini_keys" ("identity_id");

CREATE TABLE "sessions" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "kind" VARCHAR(10) NOT NULL,
  "subject_id" VARCHAR(20) NOT NULL,
  "token_hash" VARCHAR(64) NOT NULL,
  "door" VARCHAR(20) NOT NULL,
  "csrf" VARCHAR(64) NOT NULL,
  "agent" VARCHAR(200) NOT NULL,
  "expires_at" TIMESTAMP NOT NULL,
  "last_seen_at" TIMESTAMP,
  "revoked_at" TIMESTAMP);

CREATE UNIQUE INDEX "sessions_token_hash" ON "sessions" ("token_hash");

CREATE INDEX "sessions_kind_subject_id" ON "sessions" ("kind", "subject_id");

CREATE TABLE "mini_sessions" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "session_id" BIGINT NOT NULL,
  "identity_id" BIGINT NOT NULL,
  FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE,
  FOREIGN KEY ("identity_id") REFERENCES "member_identities" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "mini_sessions_session_id" ON "mini_sessions" ("session_id");

CREATE INDEX "mini_sessions_identity_id" ON "mini_sessions" ("identity_id");

CREATE TABLE "notice_consents" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "identity_id" BIGINT NOT NULL,
  "template_id" VARCHAR(128) NOT NULL,
  "left" INTEGER NOT NULL,
  "changed_at" TIMESTAMP NOT NULL,
  FOREIGN KEY ("identity_id") REFERENCES "member_identities" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "notice_consents_identity_id_template_id" ON "notice_consents" ("identity_id", "template_id");

CREATE TABLE "outbox" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "channel" VARCHAR(20) NOT NULL,
  "recipient" VARCHAR(128) NOT NULL,
  "kind" VARCHAR(40) NOT NULL,
  "payload" TEXT NOT NULL,
  "dedupe_key" VARCHAR(128) NOT NULL,
  "state" VARCHAR(10) NOT NULL,
  "attempts" INTEGER NOT NULL,
  "next_try_at" TIMESTAMP NOT NULL,
  "lease_until" TIMESTAMP,
  "sent_at" TIMESTAMP,
  "external_id" TEXT,
  "error" VARCHAR(200) NOT NULL,
  "subject_kind" VARCHAR(20) NOT NULL,
  "subject_id" BIGINT);

CREATE UNIQUE INDEX "outbox_dedupe_key" ON "outbox" ("dedupe_key");

CREATE INDEX "outbox_state_next_try_at" ON "outbox" ("state", "next_try_at");

CREATE INDEX "outbox_subject_kind_subject_id" ON "outbox" ("subject_kind", "subject_id");

CREATE TABLE "phone_codes" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "member_id" BIGINT NOT NULL,
  "staff_id" BIGINT NOT NULL,
  "code_hash" VARCHAR(64) NOT NULL,
  "expires_at" TIMESTAMP NOT NULL,
  "used_at" TIMESTAMP,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("staff_id") REFERENCES "staff" ("id") ON DELETE RESTRICT);

CREATE INDEX "phone_codes_member_id" ON "phone_codes" ("member_id");

CREATE INDEX "phone_codes_staff_id" ON "phone_codes" ("staff_id");

CREATE UNIQUE INDEX "phone_codes_code_hash" ON "phone_codes" ("code_hash");

CREATE TABLE "platform_shops" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "business" VARCHAR(10) NOT NULL,
  "shop_id" VARCHAR(64) NOT NULL,
  "account_id" VARCHAR(64) NOT NULL,
  "token" TEXT,
  "refresh_token" TEXT,
  "token_expires_at" TIMESTAMP,
  "refresh_expires_at" TIMESTAMP,
  "authorised_at" TIMESTAMP,
  "refresh_lease_until" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE INDEX "platform_shops_platform_id" ON "platform_shops" ("platform_id");

CREATE UNIQUE INDEX "platform_shops_venue_id_platform_id_business" ON "platform_shops" ("venue_id", "platform_id", "business");

CREATE TABLE "price_bundle_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "bundle_name" VARCHAR(100) NOT NULL,
  "discount_type" VARCHAR(20) NOT NULL,
  "discount_value_fen" BIGINT,
  "kept_basis_points" INTEGER,
  "bundle_products" TEXT NOT NULL,
  "applicable_products" TEXT NOT NULL,
  "max_sets" INTEGER,
  "min_quantity" INTEGER,
  "min_amount_fen" BIGINT,
  "min_types" INTEGER,
  "any_trigger" BOOLEAN NOT NULL,
  "can_use_with_coupon" BOOLEAN NOT NULL,
  "can_use_with_voucher" BOOLEAN NOT NULL,
  "can_use_with_one_price" BOOLEAN NOT NULL,
  "valid_from" TIMESTAMP,
  "valid_until" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  "deleted_at" TIMESTAMP,
  "updated_at" TIMESTAMP NOT NULL);

CREATE INDEX "price_bundle_config_scenic_id_status" ON "price_bundle_config" ("scenic_id", "status");

CREATE TABLE "price_coupon_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "coupon_name" VARCHAR(100) NOT NULL,
  "coupon_type" VARCHAR(20) NOT NULL,
  "discount_value_fen" BIGINT,
  "kept_basis_points" INTEGER,
  "min_amount_fen" BIGINT,
  "max_discount_fen" BIGINT,
  "applicable_products" TEXT NOT NULL,
  "valid_from" TIMESTAMP,
  "valid_until" TIMESTAMP,
  "total_quantity" INTEGER,
  "claim_limit" INTEGER NOT NULL,
  "claimed_count" INTEGER NOT NULL,
  "used_count" INTEGER NOT NULL,
  "status" SMALLINT NOT NULL,
  "deleted_at" TIMESTAMP,
  "updated_at" TIMESTAMP NOT NULL);

CREATE INDEX "price_coupon_config_scenic_id_status" ON "price_coupon_config" ("scenic_id", "status");

CREATE TABLE "price_coupon_claim_record" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "coupon_id" BIGINT NOT NULL,
  "holder" VARCHAR(130) NOT NULL,
  "number" INTEGER NOT NULL,
  "user_id" BIGINT,
  "face_id" VARCHAR(128),
  "scenic_id" BIGINT NOT NULL,
  "status" VARCHAR(10) NOT NULL,
  "claim_time" TIMESTAMP NOT NULL,
  "use_time" TIMESTAMP,
  "order_id" BIGINT,
  "discount_fen" BIGINT,
  "uses_back" INTEGER NOT NULL,
  FOREIGN KEY ("coupon_id") REFERENCES "price_coupon_config" ("id") ON DELETE RESTRICT);

CREATE INDEX "price_coupon_claim_record_order_id" ON "price_coupon_claim_record" ("order_id");

CREATE UNIQUE INDEX "price_coupon_claim_record_coupon_id_holder_number" ON "price_coupon_claim_record" ("coupon_id", "holder", "number");

CREATE INDEX "price_coupon_claim_record_holder_status" ON "price_coupon_claim_record" ("holder", "status");

CREATE INDEX "price_coupon_claim_record_coupon_id_status" ON "price_coupon_claim_record" ("coupon_id", "status");

CREATE INDEX "price_coupon_claim_record_face_id" ON "price_coupon_claim_record" ("face_id");

CREATE INDEX "price_coupon_claim_record_claim_time" ON "price_coupon_claim_record" ("claim_time");

CREATE TABLE "price_one_price_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "config_name" VARCHAR(100) NOT NULL,
  "one_price_fen" BIGINT NOT NULL,
  "applicable_products" TEXT NOT NULL,
  "can_use_coupon" BOOLEAN NOT NULL,
  "can_use_voucher" BOOLEAN NOT NULL,
  "valid_from" TIMESTAMP,
  "valid_until" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  "deleted_at" TIMESTAMP,
  "updated_at" TIMESTAMP NOT NULL);

CREATE INDEX "price_one_price_config_scenic_id_status" ON "price_one_price_config" ("scenic_id", "status");

CREATE TABLE "price_order" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "order_no" VARCHAR(32) NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "user_id" BIGINT,
  "face_id" VARCHAR(128),
  "state" VARCHAR(16) NOT NULL,
  "provider" VARCHAR(20) NOT NULL,
  "original_fen" BIGINT NOT NULL,
  "final_fen" BIGINT NOT NULL,
  "refunded_fen" BIGINT NOT NULL,
  "refunds" INTEGER NOT NULL,
  "explanation" TEXT NOT NULL,
  "voucher_code_id" BIGINT,
  "coupon_claim_id" BIGINT,
  "door" VARCHAR(20) NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "expires_at" TIMESTAMP,
  "paid_at" TIMESTAMP,
  "closed_at" TIMESTAMP,
  "given_back_at" TIMESTAMP);

CREATE UNIQUE INDEX "price_order_order_no" ON "price_order" ("order_no");

CREATE INDEX "price_order_user_id" ON "price_order" ("user_id");

CREATE INDEX "price_order_voucher_code_id" ON "price_order" ("voucher_code_id");

CREATE INDEX "price_order_coupon_claim_id" ON "price_order" ("coupon_claim_id");

CREATE INDEX "price_order_scenic_id_created_at" ON "price_order" ("scenic_id", "created_at");

CREATE INDEX "price_order_state_expires_at" ON "price_order" ("state", "expires_at");

CREATE TABLE "price_order_line" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "order_id" BIGINT NOT NULL,
  "number" INTEGER NOT NULL,
  "product_type" VARCHAR(20) NOT NULL,
  "product_id" VARCHAR(64) NOT NULL,
  "product_name" VARCHAR(100) NOT NULL,
  "quantity" INTEGER NOT NULL,
  "unit_price_fen" BIGINT NOT NULL,
  "original_fen" BIGINT NOT NULL,
  "final_fen" BIGINT NOT NULL,
  "discounts_fen" TEXT NOT NULL,
  "refunded_quantity" INTEGER NOT NULL,
  "refunded_fen" BIGINT NOT NULL,
  FOREIGN KEY ("order_id") REFERENCES "price_order" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "price_order_line_order_id_number" ON "price_order_line" ("order_id", "number");

CREATE TABLE "price_order_refund" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "order_id" BIGINT NOT NULL,
  "number" INTEGER NOT NULL,
  "lines" TEXT NOT NULL,
  "amount_fen" BIGINT NOT NULL,
  "reason" VARCHAR(200) NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "actor_id" BIGINT NOT NULL,
  FOREIGN KEY ("order_id") REFERENCES "price_order" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "price_order_refund_order_id_number" ON "price_order_refund" ("order_id", "number");

CREATE TABLE "price_product_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "product_type" VARCHAR(20) NOT NULL,
  "product_id" VARCHAR(64) NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "product_name" VARCHAR(100) NOT NULL,
  "base_price_fen" BIGINT NOT NULL,
  "unit" VARCHAR(10) NOT NULL,
  "status" SMALLINT NOT NULL,
  "updated_at" TIMESTAMP NOT NULL);

CREATE UNIQUE INDEX "price_product_config_product_type_product_id_scenic_id" ON "price_product_config" ("product_type", "product_id", "scenic_id");

CREATE INDEX "price_product_config_scenic_id_status" ON "price_product_config" ("scenic_id", "status");

CREATE TABLE "price_tier_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "product_type" VARCHAR(20) NOT NULL,
  "product_id" VARCHAR(64) NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "min_quantity" INTEGER NOT NULL,
  "max_quantity" INTEGER,
  "unit_price_fen" BIGINT NOT NULL,
  "updated_at" TIMESTAMP NOT NULL);

CREATE UNIQUE INDEX "price_tier_config_product_type_product_id_scenic_id_min_quantity" ON "price_tier_config" ("product_type", "product_id", "scenic_id", "min_quantity");

CREATE TABLE "price_version" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "version" BIGINT NOT NULL);

CREATE UNIQUE INDEX "price_version_scenic_id" ON "price_version" ("scenic_id");

CREATE TABLE "price_voucher_batch_config" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "batch_name" VARCHAR(100) NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "broker_id" BIGINT,
  "discount_type" SMALLINT NOT NULL,
  "discount_value_fen" BIGINT,
  "kept_basis_points" INTEGER,
  "applicable_products" TEXT NOT NULL,
  "valid_from" TIMESTAMP,
  "valid_until" TIMESTAMP,
  "claim_days" INTEGER,
  "max_uses" INTEGER NOT NULL,
  "release_on_expiry" BOOLEAN NOT NULL,
  "on_paper" BOOLEAN NOT NULL,
  "total_count" INTEGER NOT NULL,
  "generated_count" INTEGER NOT NULL,
  "purged_count" INTEGER NOT NULL,
  "claimed_count" INTEGER NOT NULL,
  "used_count" INTEGER NOT NULL,
  "status" SMALLINT NOT NULL,
  "created_by" BIGINT NOT NULL,
  "updated_at" TIMESTAMP NOT NULL);

CREATE INDEX "idx_scenic_broker" ON "price_voucher_batch_config" ("scenic_id", "broker_id");

CREATE TABLE "price_voucher_code" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "batch_id" BIGINT NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "code" VARCHAR(64) NOT NULL,
  "status" SMALLINT NOT NULL,
  "face_id" VARCHAR(128),
  "user_id" BIGINT,
  "claimed_time" TIMESTAMP,
  "used_time" TIMESTAMP,
  "expires_at" TIMESTAMP,
  "max_uses" INTEGER NOT NULL,
  "used_count" INTEGER NOT NULL,
  "updated_at" TIMESTAMP NOT NULL,
  "claim_key" VARCHAR(160),
  FOREIGN KEY ("batch_id") REFERENCES "price_voucher_batch_config" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "price_voucher_code_claim_key" ON "price_voucher_code" ("claim_key");

CREATE INDEX "price_voucher_code_batch_id_status" ON "price_voucher_code" ("batch_id", "status");

CREATE INDEX "price_voucher_code_status_expires_at" ON "price_voucher_code" ("status", "expires_at");

CREATE UNIQUE INDEX "idx_voucher_code" ON "price_voucher_code" ("code");

CREATE INDEX "idx_face_scenic" ON "price_voucher_code" ("face_id", "scenic_id");

CREATE TABLE "price_voucher_code_archive" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "batch_id" BIGINT NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "code" VARCHAR(64) NOT NULL,
  "status" SMALLINT NOT NULL,
  "face_id" VARCHAR(128),
  "user_id" BIGINT,
  "claimed_time" TIMESTAMP,
  "used_time" TIMESTAMP,
  "expires_at" TIMESTAMP,
  "max_uses" INTEGER NOT NULL,
  "used_count" INTEGER NOT NULL,
  "updated_at" TIMESTAMP NOT NULL,
  "claim_key" VARCHAR(160),
  FOREIGN KEY ("batch_id") REFERENCES "price_voucher_batch_config" ("id") ON DELETE RESTRICT);

CREATE INDEX "price_voucher_code_archive_claim_key" ON "price_voucher_code_archive" ("claim_key");

CREATE UNIQUE INDEX "price_voucher_code_archive_code" ON "price_voucher_code_archive" ("code");

CREATE INDEX "price_voucher_code_archive_batch_id_status" ON "price_voucher_code_archive" ("batch_id", "status");

CREATE TABLE "price_voucher_usage_record" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "batch_id" BIGINT NOT NULL,
  "voucher_code_id" BIGINT NOT NULL,
  "number" INTEGER NOT NULL,
  "voucher_code" VARCHAR(64) NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "face_id" VARCHAR(128),
  "user_id" BIGINT,
  "order_id" BIGINT,
  "order_no" VARCHAR(32) NOT NULL,
  "discount_fen" BIGINT NOT NULL,
  "use_time" TIMESTAMP NOT NULL,
  "reversed_at" TIMESTAMP,
  "reason" VARCHAR(200) NOT NULL,
  FOREIGN KEY ("batch_id") REFERENCES "price_voucher_batch_config" ("id") ON DELETE RESTRICT);

CREATE INDEX "price_voucher_usage_record_order_id" ON "price_voucher_usage_record" ("order_id");

CREATE UNIQUE INDEX "price_voucher_usage_record_voucher_code_id_number" ON "price_voucher_usage_record" ("voucher_code_id", "number");

CREATE INDEX "price_voucher_usage_record_batch_id_use_time" ON "price_voucher_usage_record" ("batch_id", "use_time");

CREATE INDEX "price_voucher_usage_record_scenic_id_use_time" ON "price_voucher_usage_record" ("scenic_id", "use_time");

CREATE INDEX "idx_usage_code" ON "price_voucher_usage_record" ("voucher_code");

CREATE INDEX "idx_usage_face_scenic" ON "price_voucher_usage_record" ("face_id", "scenic_id");

CREATE TABLE "printers" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "name" VARCHAR(50) NOT NULL,
  "address" VARCHAR(45) NOT NULL,
  "port" INTEGER NOT NULL,
  "paper" SMALLINT NOT NULL,
  "printed_at" TIMESTAMP,
  "failed_at" TIMESTAMP,
  "status" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "printers_venue_id" ON "printers" ("venue_id");

CREATE TABLE "quarantined_orders" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "account_id" VARCHAR(64) NOT NULL,
  "order_id" VARCHAR(64) NOT NULL,
  "wrong" VARCHAR(80) NOT NULL,
  "raw" TEXT NOT NULL,
  "times" INTEGER NOT NULL,
  "last_met_at" TIMESTAMP NOT NULL,
  "resolved_at" TIMESTAMP,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "quarantined_orders_platform_id_order_id" ON "quarantined_orders" ("platform_id", "order_id");

CREATE INDEX "quarantined_orders_resolved_at" ON "quarantined_orders" ("resolved_at");

CREATE TABLE "redemption_uses" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "redemption_id" BIGINT NOT NULL,
  "number" SMALLINT NOT NULL,
  "verify_id" VARCHAR(100) NOT NULL,
  "amount_fen" BIGINT NOT NULL,
  "used_at" TIMESTAMP NOT NULL,
  "cancelled_at" TIMESTAMP,
  FOREIGN KEY ("redemption_id") REFERENCES "redemptions" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "redemption_uses_redemption_id_number" ON "redemption_uses" ("redemption_id", "number");

CREATE INDEX "redemption_uses_verify_id" ON "redemption_uses" ("verify_id");

CREATE TABLE "sku_mappings" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "sku_id" VARCHAR(64) NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "product_id" BIGINT,
  "venue_ids" TEXT,
  "last_met_at" TIMESTAMP,
  "uses" INTEGER,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("product_id") REFERENCES "products" ("id") ON DELETE RESTRICT);

CREATE INDEX "sku_mappings_product_id" ON "sku_mappings" ("product_id");

CREATE UNIQUE INDEX "sku_mappings_platform_id_sku_id" ON "sku_mappings" ("platform_id", "sku_id");

CREATE TABLE "staff_venues" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "staff_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  FOREIGN KEY ("staff_id") REFERENCES "staff" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "staff_venues_venue_id" ON "staff_venues" ("venue_id");

CREATE UNIQUE INDEX "staff_venues_staff_id_venue_id" ON "staff_venues" ("staff_id", "venue_id");

CREATE TABLE "sync_cursors" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "account_id" VARCHAR(64) NOT NULL,
  "synced_until" TIMESTAMP,
  "lease_until" TIMESTAMP,
  "lease_key" VARCHAR(32) NOT NULL,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "sync_cursors_platform_id_account_id" ON "sync_cursors" ("platform_id", "account_id");

CREATE TABLE "platform_orders" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "account_id" VARCHAR(64) NOT NULL,
  "order_id" VARCHAR(64) NOT NULL,
  "sku_id" VARCHAR(64) NOT NULL,
  "title" VARCHAR(100) NOT NULL,
  "status" VARCHAR(10) NOT NULL,
  "paid_fen" BIGINT,
  "original_fen" BIGINT,
  "quantity" INTEGER,
  "times_card" SMALLINT NOT NULL,
  "paid_at" TIMESTAMP,
  "expires_at" TIMESTAMP,
  "shop_id" VARCHAR(64) NOT NULL,
  "buyer_phone" VARCHAR(20) NOT NULL,
  "platform_updated_at" TIMESTAMP,
  "mark" VARCHAR(60) NOT NULL,
  "refunds" TEXT NOT NULL,
  "is_open" SMALLINT NOT NULL,
  "check_at" TIMESTAMP,
  "claim" VARCHAR(32) NOT NULL,
  "ask_entry" SMALLINT NOT NULL,
  "tries" INTEGER NOT NULL,
  "problem" VARCHAR(80) NOT NULL,
  "updated_at" TIMESTAMP NOT NULL,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE UNIQUE INDEX "platform_orders_platform_id_order_id" ON "platform_orders" ("platform_id", "order_id");

CREATE INDEX "platform_orders_platform_id_account_id_check_at" ON "platform_orders" ("platform_id", "account_id", "check_at");

CREATE INDEX "platform_orders_platform_id_paid_at" ON "platform_orders" ("platform_id", "paid_at");

CREATE TABLE "sync_runs" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "account_id" VARCHAR(64) NOT NULL,
  "kind" VARCHAR(12) NOT NULL,
  "state" VARCHAR(10) NOT NULL,
  "asked_by" BIGINT,
  "door" VARCHAR(20) NOT NULL,
  "since" TIMESTAMP NOT NULL,
  "until" TIMESTAMP NOT NULL,
  "reached" TIMESTAMP NOT NULL,
  "page_cursor" VARCHAR(500) NOT NULL,
  "total" INTEGER,
  "pages" INTEGER NOT NULL,
  "orders_seen" INTEGER NOT NULL,
  "orders_new" INTEGER NOT NULL,
  "orders_changed" INTEGER NOT NULL,
  "vouchers_new" INTEGER NOT NULL,
  "vouchers_changed" INTEGER NOT NULL,
  "quarantined" INTEGER NOT NULL,
  "unanswered" INTEGER NOT NULL,
  "lag_seconds" INTEGER,
  "error" VARCHAR(80) NOT NULL,
  "platform_log_id" VARCHAR(100) NOT NULL,
  "moved_at" TIMESTAMP NOT NULL,
  "finished_at" TIMESTAMP,
  FOREIGN KEY ("platform_id") REFERENCES "third_party_platforms" ("id") ON DELETE RESTRICT);

CREATE INDEX "sync_runs_state_platform_id_account_id" ON "sync_runs" ("state", "platform_id", "account_id");

CREATE INDEX "sync_runs_platform_id_account_id_kind_created_at" ON "sync_runs" ("platform_id", "account_id", "kind", "created_at");

CREATE INDEX "sync_runs_created_at" ON "sync_runs" ("created_at");

CREATE TABLE "tasks" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "venue_id" BIGINT,
  "kind" VARCHAR(40) NOT NULL,
  "subject_kind" VARCHAR(20) NOT NULL,
  "subject_id" BIGINT,
  "facts" TEXT NOT NULL,
  "open_key" VARCHAR(128),
  "state" VARCHAR(10) NOT NULL,
  "closed_at" TIMESTAMP,
  "closed_by" BIGINT,
  "resolution" VARCHAR(200) NOT NULL,
  "taken_at" TIMESTAMP,
  "taken_by" BIGINT,
  "escalated" SMALLINT NOT NULL,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT);

CREATE INDEX "tasks_venue_id" ON "tasks" ("venue_id");

CREATE UNIQUE INDEX "tasks_open_key" ON "tasks" ("open_key");

CREATE INDEX "tasks_state_created_at" ON "tasks" ("state", "created_at");

CREATE TABLE "voucher_verification_logs" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "voucher_id" BIGINT NOT NULL,
  "operation_type" SMALLINT NOT NULL,
  "operator_id" BIGINT NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "door" VARCHAR(20) NOT NULL,
  "redemption_id" BIGINT,
  "result_type" SMALLINT,
  "result_id" BIGINT,
  "platform_log_id" VARCHAR(100) NOT NULL,
  "remark" VARCHAR(255) NOT NULL,
  FOREIGN KEY ("voucher_id") REFERENCES "vouchers" ("id") ON DELETE RESTRICT);

CREATE INDEX "voucher_verification_logs_redemption_id" ON "voucher_verification_logs" ("redemption_id");

CREATE INDEX "idx_voucher_id" ON "voucher_verification_logs" ("voucher_id");

CREATE TABLE "visits" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "member_id" BIGINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "card_id" BIGINT,
  "course_order_id" BIGINT,
  "pass_hash" VARCHAR(64) NOT NULL,
  "came_at" TIMESTAMP NOT NULL,
  "actor_kind" VARCHAR(10) NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "door" VARCHAR(10) NOT NULL,
  "undone_at" TIMESTAMP,
  FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("venue_id") REFERENCES "venues" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("card_id") REFERENCES "member_cards" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("course_order_id") REFERENCES "course_orders" ("id") ON DELETE RESTRICT);

CREATE INDEX "visits_venue_id" ON "visits" ("venue_id");

CREATE INDEX "visits_card_id" ON "visits" ("card_id");

CREATE INDEX "visits_course_order_id" ON "visits" ("course_order_id");

CREATE UNIQUE INDEX "visits_pass_hash" ON "visits" ("pass_hash");

CREATE INDEX "visits_member_id_came_at" ON "visits" ("member_id", "came_at");

CREATE TABLE "voucher_print_record" ("id" BIGSERIAL NOT NULL PRIMARY KEY,
  "created_at" TIMESTAMP NOT NULL,
  "voucher_code_id" BIGINT NOT NULL,
  "number" INTEGER NOT NULL,
  "voucher_code" VARCHAR(64) NOT NULL,
  "batch_id" BIGINT NOT NULL,
  "scenic_id" BIGINT NOT NULL,
  "face_id" VARCHAR(128),
  "print_format" VARCHAR(10) NOT NULL,
  "printed_by_kind" VARCHAR(10) NOT NULL,
  "printed_by" BIGINT NOT NULL);

CREATE UNIQUE INDEX "voucher_print_record_voucher_code_id_number" ON "voucher_print_record" ("voucher_code_id", "number");

CREATE INDEX "idx_print_face_scenic" ON "voucher_print_record" ("face_id", "scenic_id");

CREATE TABLE "voucher_tallies" ("dimension" VARCHAR(8) NOT NULL,
  "grain" VARCHAR(5) NOT NULL,
  "day" DATE NOT NULL,
  "platform_id" BIGINT NOT NULL,
  "voucher_type" SMALLINT NOT NULL,
  "venue_id" BIGINT NOT NULL,
  "status" SMALLINT NOT NULL,
  "vouchers" INTEGER NOT NULL,
  "verified" INTEGER NOT NULL,
  "expiring" INTEGER NOT NULL,
  "paid_fen" BIGINT NOT NULL,
  "redeemed_fen" BIGINT NOT NULL,
  "refunded_fen" BIGINT NOT NULL,
  PRIMARY KEY ("dimension", "grain", "day", "platform_id", "voucher_type", "venue_id", "status"));
