// Several certificates of one order: which ones now?

import { t } from "../copy.js";
import { h, icon } from "../dom.js";
import { ROWS, band, button, facts, list, mark, tags } from "../parts.js";
import { SHAPES, daysLeft, platformName, usable } from "../certificate.js";
import { stage } from "../stage.js";

export class Certificates {
  name = "certificates";
  idleAfter = 60;
  scans = true;

  /** onTogether(chosen): all for one member; onEach(chosen): one after the other. */
  constructor(certificates, { leave, onTogether, onEach }) {
    Object.assign(this, { certificates, leave, onTogether, onEach });
    const first = certificates.find(usable);
    this.chosen = new Set(first ? [first.certificate] : []);
  }

  title() {
    return t("certificates.title");
  }

  draw() {
    const [one] = this.certificates;
    const free = this.certificates.filter(usable).length;
    const total = this.certificates.length;
    return {
      body: [
        band("unused", t("certificates.band", { n: free })),
        h("div.hx-kiosk__middle", {},
          tags(platformName(one), t(`kind.${one.kind}`)),
          h("h1.hx-kiosk__title", {},
            t("certificates.count", { product: one.product_name, n: total })),
          facts([
            [t("fact.until"), one.expire_date, daysLeft(one)],
            [t("fact.buyer"), one.user_phone],
          ]),
          h("p.hx-kiosk__lead", {}, t("certificates.friends"))),
      ],
      stub: [
        h("h2.hx-kiosk__ask", { id: "which" }, t("certificates.ask")),
        list({ class: ROWS, role: "group", "aria-labelledby": "which" },
          this.certificates.map((each, at) => this.row(each, at))),
        this.mayPart() && button("each", "plain", t("certificates.each"),
          () => this.onEach(this.picked()), { block: true, shape: "person" }),
        button("go", "primary",
          this.chosen.size ? t("certificates.go", { n: this.chosen.size })
            : t("certificates.go_none"),
          () => this.onTogether(this.picked()),
          { disabled: !this.chosen.size, block: true, after: "right" }),
      ],
    };
  }

  row(each, at) {
    const shape = SHAPES[each.status];
    return mark(`certificate-${each.certificate}`, "checkbox", {
      title: t("certificates.nth", { n: at + 1 }),
      gives: each.code_tail ? t("fact.tail", { tail: each.code_tail })
        : t(each.sibling ? "certificates.sibling" : "certificates.first"),
      checked: this.chosen.has(each.certificate),
      disabled: !usable(each),
      onclick: () => this.toggle(each.certificate),
      end: h("span.hx-state", { data: { state: shape } }, icon(shape), t(`status.${each.status}`)),
    });
  }

  picked() {
    return this.certificates.filter((each) => this.chosen.has(each.certificate));
  }

  /** Siblings that nobody knows by code go along with the scanned one or not at all. */
  mayPart() {
    return this.chosen.size > 1 && !this.picked().some((each) => each.sibling);
  }

  toggle(number) {
    const siblings = this.certificates.some((each) => each.sibling);
    if (siblings && !this.certificates.find((each) => each.certificate === number).sibling) return;
    if (!this.chosen.delete(number)) this.chosen.add(number);
    stage.redraw();
  }
}
