// The story ended without a result, or was taken back. The first line is about the voucher.

import { platformName } from "../certificate.js";
import { t } from "../copy.js";
import { h, icon } from "../dom.js";
import { band, button, facts, row, ticketNumber } from "../parts.js";
import { stage } from "../stage.js";

const ICONS = { rejected: "x", expired: "clock", withdrawn: "undo", refused: "warn",
  undone: "undo", undoing: "undo" };

export class Ended {
  name = "ended";
  idleAfter = 60;
  scans = true;

  /** state: rejected, expired, withdrawn, refused, undone, undoing. */
  constructor(state, view, { leave, onAgain }) {
    this.state = state;
    this.view = view;
    this.leave = leave;
    this.onAgain = onAgain;
    if (state === "undoing") this.scans = false;
  }

  update(view) {
    this.view = view;
    stage.redraw();
  }

  title() {
    return t("error.title");
  }

  words() {
    const { view, state } = this;
    const facts = { reason: view.reason, platform: platformName(view) };
    const plain = state === "rejected" && !view.reason ? "_plain" : "";
    return { title: t(`ended.${state}.title${plain}`, facts),
      lead: t(`ended.${state}.lead`, facts) };
  }

  draw() {
    const it = this.view;
    const { title, lead } = this.words();
    return {
      body: [
        this.state === "undoing" ? band("verifying", t("ended.undoing.title"), { role: "alert" })
          : band("unused", t("band.untouched"), { role: "alert" }),
        h("div.hx-poster", {},
          h("span.hx-hero-icon", {}, icon(ICONS[this.state])),
          h("div.hx-poster__say", {},
            h("h1.hx-kiosk__title", {}, title), h("p.hx-kiosk__lead", {}, lead))),
        facts([[t("fact.this"), `${platformName(it)} · ${it.product_name}`,
          it.code_tail && t("fact.tail", { tail: it.code_tail })]]),
      ],
      stub: [
        ticketNumber(it.ticket),
        this.state !== "undoing" && row(
          button("other", "plain", t("ended.other"), this.leave.act),
          this.onAgain && button("again", "primary", t("ended.again"), this.onAgain,
            { shape: "renew" })),
      ],
    };
  }
}
