// Numbers, days and times as the shop writes them. Days are the venue's, not the machine's.

import { t } from "./copy.js";

let zone = "Asia/Shanghai";

export function useZone(name) {
  if (name) zone = name;
}

/** ¥1,234.50 */
export function money(yuan) {
  return `¥${Number(yuan).toLocaleString("en-US", {
    minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** 14:32 or 14:32:05 at the venue. */
export function clock(instant, seconds = false) {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hour: "2-digit", minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}) }).format(new Date(instant));
}

/** 2026-11-21 at the venue. */
export function day(instant) {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(instant));
}

/** 0:42 */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function isDay(text) {
  return typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** 11-24 of 2026-11-24 */
export function shortDay(text) {
  return text.slice(5, 10);
}

export function weekday(text) {
  return t(`weekday.${new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDay()}`);
}

export function joined(names) {
  return names.join(t("list"));
}

/** 1380 0138 000 → 138 0013 8000: three groups, as people say a phone number. */
export function phoneGroups(digits) {
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7, 11)];
}

/** In fours. */
export function codeGroups(code) {
  return code.match(/.{1,4}/g) ?? [];
}
