// The pieces every screen is made of.

import { t } from "./copy.js";
import { h, icon, rich, withDate } from "./dom.js";
import { phoneGroups } from "./format.js";

/** The coloured strip that says where the voucher stands: shape, word and colour together. */
export function band(state, text, { end = "", shape = state, role = "" } = {}) {
  return h("p.hx-band.hx-kiosk__band", { data: { state }, role: role || null },
    icon(shape), h("span", {}, text),
    end && h("span.hx-band__end", { id: "band-end" }, end));
}

/** Rows of [name, value, aside]; rows without a value are left out. */
export function facts(rows) {
  return h("dl.hx-facts", {}, rows.filter(([, value]) => value).map(([name, value, aside]) => [
    h("dt", {}, name),
    h("dd", {}, value, aside ? [" ", h("small", {}, aside)] : null),
  ]));
}

export function tags(...names) {
  return h("p.hx-kiosk__row", {}, names.filter(Boolean).map((name) => h("span.hx-tag", {}, name)));
}

export function note(shape, text, state = "") {
  return h("p.hx-note", { data: state ? { state } : {} }, icon(shape), h("span", {}, rich(text)));
}

/** kind: primary, plain, quiet. `act` names the button for focus and tests. */
export function button(act, kind, label, onclick, { shape, after, disabled, block, aside } = {}) {
  return h(`button.hx-btn.hx-btn--${kind}${block ? ".hx-btn--block" : ""}`,
    { type: "button", disabled, data: { act }, onclick },
    shape && icon(shape), label, aside && h("span.hx-btn__aside", {}, aside), after && icon(after));
}

/** A whole row as a button: what it is, and what you get. */
export function choice(act,
  { shape, title, gives, first, slim, disabled, onclick, end = "right" }) {
  return h(`button.hx-choice${first ? ".hx-choice--first" : ""}${slim ? ".hx-choice--slim" : ""}`,
    { type: "button", disabled, data: { act }, onclick },
    icon(shape),
    h("span", {}, h("span.hx-choice__title", {}, title),
      gives && h("span.hx-choice__gives", {}, withDate(gives))),
    end && (disabled ? h("span") : icon(end)));
}

/** A row to mark: role is radio or checkbox. */
export function mark(act, role, { shape, title, gives, checked, disabled, onclick, end }) {
  const tick = h(`span.hx-tick${role === "radio" ? ".hx-tick--round" : ""}`, {},
    disabled ? null : icon("check"));
  return h("button.hx-choice",
    { type: "button", role, "aria-checked": String(Boolean(checked)), disabled,
      data: { act }, onclick },
    shape ? icon(shape) : tick,
    h("span", {}, h("span.hx-choice__title", {}, title),
      h("span.hx-choice__gives", {}, withDate(gives))),
    shape ? tick : end);
}

/** The class of a list that stands in two columns where the screen is wide. */
export const ROWS = "hx-kiosk__choices hx-kiosk__choices--rows";

/** A list that the arrow keys walk through. */
export function list(attributes, ...rows) {
  return h("div.hx-kiosk__choices", { ...attributes, onkeydown: walk }, ...rows);
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...event.currentTarget.querySelectorAll("button:not([disabled])")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}

/** Steps of [state, text, time]; state is done, now or next; `tone` colours the present one.
 * `plain`: a list to read, not a way to go. */
export function steps(items, tone, { centre, plain, sign } = {}) {
  return h(`ol.hx-steps${centre ? ".hx-kiosk__grow" : ""}${plain ? ".hx-steps--plain" : ""}`, {},
    items.map(([step, text, time], number) =>
      h("li.hx-steps__item", { data: step === "next" ? {}
        : { step, ...(step === "now" ? { state: tone } : {}) },
      "aria-current": step === "now" ? "step" : null },
      h("span.hx-steps__dot", {}, step === "done" ? icon("check")
        : String(step === "now" && sign ? sign : number + 1)),
      h("span", {}, text),
      time ? h("span.hx-steps__time", { id: step === "now" ? "step-time" : null }, time) : null)));
}

/** A QR code beside what it is for. */
export function qrRow(ref, label, title, lead) {
  return h("div.hx-qrrow", {},
    h("img.hx-qr", { src: `/kiosk/qr/${encodeURIComponent(ref)}.svg`, alt: label,
      width: 240, height: 240 }),
    h("div", {}, h("h2", {}, title), h("p.hx-kiosk__lead", {}, rich(lead))));
}

export function ticketNumber(ticket, ...below) {
  return h("div.hx-ticketno", {},
    h("span.hx-ticketno__label", {}, t("ticket.yours")),
    h("span.hx-ticketno__no", {}, ticket), ...below);
}

/** What was typed of a phone number. */
export function phoneDigits(digits) {
  const label = digits ? t("phone.typed", { digits: [...digits].join(" ") }) : t("phone.empty");
  return h("p.hx-digits", { role: "textbox", "aria-readonly": "true", "aria-label": label },
    phoneGroups(digits).map((group, at) =>
      h("span.hx-digits__group", { data: group ? {} : { empty: "" } },
        group.padEnd(at ? 4 : 3, "\u2007"))));
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The on-screen keys. `screen` takes type(), erase() and clear(). */
export function keypad(screen, { letters = false, onLetters } = {}) {
  const key = (character) => h("button.hx-key",
    { type: "button", data: { act: `key-${character}` }, onclick: () => screen.type(character) },
    character);
  const word = (act, label, onclick, shape) => h("button.hx-key.hx-key--word",
    { type: "button", data: { act }, onclick, "aria-label": shape ? label : null },
    shape ? icon(shape) : label);
  const back = word("key-back", t("key.back"), () => screen.erase(), "back");
  const left = onLetters
    ? word("key-letters", t(letters ? "key.digits" : "key.letters"), onLetters)
    : word("key-clear", t("key.clear"), () => screen.clear());
  return h(`div.hx-keypad${letters ? ".hx-keypad--letters" : ""}`,
    { role: "group", "aria-label": t("keyboard") },
    letters ? [LETTERS.map(key), left, back] : [DIGITS.map(key), left, key("0"), back]);
}

/** What the member may do about it, in one row. */
export function row(...buttons) {
  return h("div.hx-kiosk__row", {}, ...buttons);
}
