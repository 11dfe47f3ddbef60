// Somebody came in with a pass. Shows what was taken for it, and makes way for the next one.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { clock } from "../format.js";
import { band, button, facts } from "../parts.js";
import { stage } from "../stage.js";

const SECONDS = 8;

export class Visit {
  name = "visit";
  idleAfter = null;
  scans = true;

  constructor(seen, { onDone }) {
    Object.assign(this, { seen, onDone });
    this.leave = { label: "home", act: onDone };
    this.timer = setTimeout(() => stage.current === this && onDone(), SECONDS * 1000);
  }

  title() {
    return t("visit.title");
  }

  draw() {
    const it = this.seen;
    return {
      torn: true,
      bodyData: { state: "redeemed" },
      body: [
        band("redeemed", t(it.repeated ? "visit.again" : "visit.band"),
          { end: clock(it.came_at, true) }),
        h("div.hx-poster", {},
          h("h1.hx-kiosk__title", {}, t("visit.welcome", { name: it.member_name })),
          h("p.hx-kiosk__lead", {}, this.left())),
        facts([[t("visit.with"), it.product_name, it.venue_name],
          [t("visit.at"), clock(it.came_at, true)]]),
      ],
      stub: [button("done", "primary", t("visit.done"), this.onDone, { block: true })],
    };
  }

  left() {
    const { kind, uses_left: n, ends_on: date, repeated } = this.seen;
    if (kind === "card") return t("visit.card", { date });
    return t(repeated ? "visit.left" : "visit.course", { n, date });
  }

  close() {
    clearTimeout(this.timer);
  }
}
