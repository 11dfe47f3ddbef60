// No network: said plainly, tried again by itself, and the ticket stays.

import { t } from "../copy.js";
import { h, icon } from "../dom.js";
import { clock } from "../format.js";
import { band, button, note, row, steps } from "../parts.js";
import { stage } from "../stage.js";

export class Offline {
  name = "offline";
  idleAfter = 180;

  /** `unsure`: a request may or may not have arrived. `ticket`: the one under way, if any. */
  constructor({ ticket = "", unsure = false, leave, onCall }) {
    Object.assign(this, { ticket, unsure, leave, onCall });
    this.since = Date.now();
    this.left = 0;
  }

  title() {
    return t("offline.title");
  }

  lead() {
    if (this.left <= 0) return t(this.unsure ? "offline.lead_sent_now" : "offline.lead_now");
    return t(this.unsure ? "offline.lead_sent" : "offline.lead", { n: this.left });
  }

  draw() {
    const { ticket } = this;
    return {
      body: [
        band("expired", t("offline.band"), { shape: "offline", role: "alert",
          end: t("offline.since", { time: clock(this.since) }) }),
        h("div.hx-poster", {},
          h("span.hx-hero-icon", {}, icon("offline")),
          h("div.hx-poster__say", {},
            h("h1.hx-kiosk__title", {}, t("offline.heading")),
            h("p.hx-kiosk__lead", { id: "offline-lead" }, this.lead()))),
        ticket && note("verifying", t("offline.kept", { ticket }), "verifying"),
      ],
      stub: [
        h("h2.hx-kiosk__ask", {}, t("offline.ask")),
        ticket ? steps([
          ["next", h("span.hx-strong", {}, t("offline.desk_ticket", { ticket })), ""],
          ["next", h("span.hx-strong", {}, t("offline.mobile")), ""],
        ], "", { plain: true }) : h("p.hx-kiosk__lead", {}, t("offline.desk")),
        row(button("retry", "primary", t("offline.retry"), () => this.now(), { shape: "renew" })),
      ],
    };
  }

  /** Resolves after `seconds`, or at once when somebody presses 现在重试. */
  wait(seconds) {
    this.left = seconds;
    this.tick();
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.timer = setInterval(() => {
        this.left -= 1;
        this.tick();
        if (this.left <= 0) this.now();
      }, 1000);
    });
  }

  now() {
    clearInterval(this.timer);
    this.left = 0;
    this.tick();
    this.resolve?.();
  }

  tick() {
    const lead = document.getElementById("offline-lead");
    if (lead && stage.current === this) lead.textContent = this.lead();
  }

  close() {
    clearInterval(this.timer);
    this.resolve?.();
  }
}
