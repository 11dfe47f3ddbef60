// Whose it will be. Eleven digits; a mismatch is said, the digits stay.

import { platformName } from "../certificate.js";
import { t } from "../copy.js";
import { h, icon } from "../dom.js";
import { button, keypad, note, phoneDigits } from "../parts.js";
import { stage } from "../stage.js";

const LENGTH = 11;
const MOBILE = /^1[3-9]\d{9}$/;

export class Phone {
  name = "phone";
  idleAfter = 60;

  /** `choice` is null while only the cards to renew are looked for. onLook(digits) asks who that
   * is: {member} or {problem: words}. `nth`: [2, 3] of several. */
  constructor({ certificate, choice, digits = "", nth = null, leave, onLook, onDone }) {
    Object.assign(this, { certificate, choice, digits, nth, leave, onLook, onDone });
    this.found = null;
    if (this.complete) this.look();
  }

  get complete() {
    return this.digits.length === LENGTH;
  }

  title() {
    return t("phone.title");
  }

  draw() {
    const it = this.certificate;
    this.shown = h("div", {});
    this.told = h("div.hx-told", { role: "status" });
    this.go = button("go", "primary", t("phone.go"), () => this.submit(),
      { block: true, after: "right" });
    this.refresh();
    return {
      body: [
        h("p.hx-kiosk__row", {}, h("span.hx-tag", {}, platformName(it)),
          h("span.hx-soft", {}, `${it.product_name} · ${this.choice?.title ?? t("found.renew")}`),
          this.nth && h("span.hx-tag", {},
            t("phone.nth", { n: this.nth[0], total: this.nth[1] }))),
        h("div.hx-kiosk__middle", {},
          h("h1.hx-kiosk__title", {}, t(`phone.ask.${it.kind}`)), this.shown, this.told),
        h("p.hx-kiosk__note.hx-small", {}, icon("lock"), t("phone.privacy")),
      ],
      stub: [keypad(this), this.go],
    };
  }

  refresh() {
    this.shown.replaceChildren(phoneDigits(this.digits));
    this.told.replaceChildren(this.message());
    this.go.disabled = !this.found || Boolean(this.found.problem);
  }

  message() {
    const buyer = this.certificate.user_phone;
    if (!this.complete) {
      return h("p.hx-kiosk__lead", {},
        buyer ? t("phone.hint", { phone: buyer }) : t("phone.hint_plain"));
    }
    if (!MOBILE.test(this.digits)) return note("warn", t("phone.wrong"));
    if (!this.found) return h("p.hx-kiosk__lead", {}, t("phone.looking"));
    if (this.found.problem) return note("warn", this.found.problem, "refunded");
    const name = this.found.member?.known ? this.found.member.name : "";
    const member = name ? t("phone.member", { name }) : t("phone.new");
    if (!buyer) return note("person", member);
    if (this.matches(buyer)) {
      return note("redeemed", `${t("phone.same", { phone: buyer })}\n${member}`, "redeemed");
    }
    const next = name ? t("phone.other_member", { name }) : t("phone.other_new");
    return note("warn", `${t("phone.other", { phone: buyer })}\n${next}`);
  }

  /** The buyer's number is masked: only what is shown can be compared. */
  matches(masked) {
    return masked.length === LENGTH
      && [...masked].every((sign, at) => sign === "*" || sign === this.digits[at]);
  }

  type(character) {
    if (!/\d/.test(character) || this.complete) return false;
    this.digits += character;
    this.changed();
    return true;
  }

  erase(count = 1) {
    this.digits = this.digits.slice(0, Math.max(0, this.digits.length - count));
    this.changed();
  }

  clear() {
    this.digits = "";
    this.changed();
  }

  /** A number typed as fast as a scan is still a number. */
  takes(text) {
    return MOBILE.test(text);
  }

  paste(text) {
    const digits = text.replace(/\D/g, "").replace(/^86(?=1\d{10}$)/, "");
    this.digits = digits.slice(0, LENGTH);
    this.changed();
  }

  changed() {
    this.found = null;
    if (this.complete && MOBILE.test(this.digits)) this.look();
    this.refresh();
  }

  async look() {
    const asked = this.digits;
    const found = await this.onLook(asked);
    if (asked !== this.digits || stage.current !== this) return;
    this.found = found;
    this.refresh();
  }

  submit() {
    if (this.found && !this.found.problem && !stage.locked) this.onDone(this.digits);
  }
}
