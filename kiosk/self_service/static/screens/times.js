// A times card: how many uses now, and what for.

import { t } from "../copy.js";
import { h, icon, rich } from "../dom.js";
import { band, button, facts, list, mark, tags } from "../parts.js";
import { GIVES, daysLeft, platformName, whyNot } from "../certificate.js";
import { stage } from "../stage.js";

const MOST_DOTS = 30;

export class Times {
  name = "times";
  idleAfter = 60;
  scans = true;

  /** onUses(n) promises the certificate with what n uses give. */
  constructor(certificate, { leave, onChoice, onUses }) {
    Object.assign(this, { certificate, leave, onChoice, onUses });
    this.uses = 1;
    const enabled = certificate.choices.filter((each) => each.enabled);
    this.choice = enabled.find((each) => each.recommended) ?? enabled[0];
  }

  title() {
    return t("times.title");
  }

  draw() {
    const it = this.certificate;
    const after = it.uses_left - this.uses;
    const fresh = it.uses_left === it.uses_total;
    return {
      body: [
        band(fresh ? "unused" : "partial",
          t(fresh ? "times.band_new" : "times.band", { n: it.uses_left })),
        h("div.hx-kiosk__middle", {},
          tags(platformName(it), t("kind.times")),
          h("h1.hx-kiosk__title", {}, it.product_name),
          it.uses_total <= MOST_DOTS && this.dots(after),
          it.uses_total <= MOST_DOTS && h("p.hx-kiosk__lead", {}, rich(t("times.legend"))),
          facts([
            [t("fact.until"), it.expire_date, daysLeft(it)],
            [t("fact.buyer"), it.user_phone],
          ])),
      ],
      stub: [
        h("h2.hx-kiosk__ask", {}, t("times.ask")),
        h("div.hx-kiosk__row.hx-kiosk__ends", {},
          h("div.hx-stepper", {},
            this.step("less", "minus", -1, this.uses <= 1),
            h("output", { "aria-live": "polite" }, String(this.uses)),
            this.step("more", "plus", 1, after <= 0)),
          h("p.hx-kiosk__lead", {}, rich(t("times.after", { n: after })))),
        list({ role: "radiogroup", "aria-label": t("times.where") },
          it.choices.map((each) => mark(`choice-${each.choice}`, "radio", {
            shape: GIVES[each.result_type], title: each.title,
            gives: each.enabled ? each.gives : whyNot(each),
            checked: each === this.choice, disabled: !each.enabled,
            onclick: () => { this.choice = each; stage.redraw(); } }))),
        button("go", "primary", t("times.go", { n: this.uses }),
          () => this.onChoice(this.choice, this.uses),
          { block: true, after: "right", disabled: !this.choice }),
      ],
    };
  }

  dots(after) {
    const { uses_total: total, uses_left: left } = this.certificate;
    const used = total - left;
    const label = t("times.dots", { total, used, now: this.uses, after });
    return h("div.hx-uses", { role: "img", "aria-label": label },
      Array.from({ length: total }, (_, at) => {
        const use = at < used ? "used" : at < used + this.uses ? "now" : "";
        return h("span.hx-uses__dot", { data: use ? { use } : {} }, String(at + 1));
      }));
  }

  step(act, shape, by, disabled) {
    return h("button.hx-stepper__btn", { type: "button", disabled, data: { act },
      "aria-label": t(`times.${act}`),
      onclick: () => this.change(by) }, icon(shape));
  }

  /** Says at once how many, and what they give as soon as the server has said it. */
  async change(by) {
    this.uses += by;
    const asked = this.uses;
    stage.redraw();
    const told = await this.onUses(asked);
    if (!told || asked !== this.uses || stage.current !== this) return;
    this.certificate = told;
    this.choice = told.choices.find((each) => each.choice === this.choice?.choice);
    stage.redraw();
  }
}
