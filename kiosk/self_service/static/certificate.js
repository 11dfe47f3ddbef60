// What a certificate's facts mean for the screen.

import { errorCopy, t } from "./copy.js";

/** Shape and colour of vouchers.status. */
export const SHAPES = { 1: "unused", 2: "redeemed", 3: "expired", 4: "refunded", 5: "verifying",
  6: "unknown", 7: "partial" };

/** Why a certificate of that status cannot be used. */
export const WHY_NOT = { 2: "already_redeemed", 3: "expired", 4: "refunded", 5: "in_progress",
  6: "in_progress" };

const UNUSED = 1;
const PARTLY = 7;

const PLATFORMS = { meituan: "platform.meituan", douyin: "platform.douyin", own: "platform.own" };

/** The platform's name in the member's language. */
export function platformName(it) {
  return PLATFORMS[it.platform] ? t(PLATFORMS[it.platform]) : it.platform_name;
}

export function usable(certificate) {
  return [UNUSED, PARTLY].includes(certificate.status) && certificate.uses_left > 0;
}

export function isTimesCard(certificate) {
  return certificate.uses_total > 1;
}

export function daysLeft(certificate) {
  if (certificate.days_left === null || certificate.days_left === undefined) return "";
  return certificate.days_left ? t("fact.days", { n: certificate.days_left }) : t("fact.today");
}

/** Icon of what a choice gives. */
export const GIVES = { 1: "card", 2: "renew", 3: "weight", 4: "calendar" };

export const RENEWED = 2;
export const CLASS = 4;

/** Why a choice is off: the server says it as an error word. */
export function whyNot(choice) {
  return errorCopy(choice.why_not, {}).title;
}
