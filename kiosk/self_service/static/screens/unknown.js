// 确认中: the platform has not said what it did. Neither yes nor no is shown here (invariant I3).

import { platformName } from "../certificate.js";
import { t } from "../copy.js";
import { h } from "../dom.js";
import { clock } from "../format.js";
import { band, note, qrRow, steps, ticketNumber } from "../parts.js";
import { stage } from "../stage.js";

export class Unknown {
  name = "unknown";
  idleAfter = 180;

  constructor(view, { leave }) {
    this.view = view;
    this.leave = leave;
    this.timer = setInterval(() => this.tick(), 1000);
  }

  update(view) {
    const manual = view.state === "manual" && this.view.state !== "manual";
    this.view = view;
    stage.redraw();
    if (manual) stage.say(t("unknown.manual"));
  }

  title() {
    return t("unknown.title");
  }

  draw() {
    const it = this.view;
    const platform = platformName(it);
    const manual = it.state === "manual";
    return {
      body: [
        band("unknown", t("unknown.band"),
          { end: it.attempts ? t("unknown.tries", { n: it.attempts }) : "" }),
        ticketNumber(it.ticket),
        h("div.hx-kiosk__middle", {},
          h("h1.hx-kiosk__title", {}, t(manual ? "unknown.manual" : "unknown.heading",
            { platform })),
          h("p.hx-kiosk__lead", {}, t(manual ? "unknown.manual_lead" : "unknown.lead",
            { platform }))),
        note("lock", t("unknown.note"), "unknown"),
      ],
      stub: [
        qrRow(it.ref, t("qr.follow"), t("unknown.away"),
          t("unknown.away_lead", { ticket: it.ticket })),
        steps([
          ["done", it.confirmed_by ? t("step.staff_done", { name: it.confirmed_by.name })
            : t("step.sent"), clock(it.created_at, true)],
          ["now", t("unknown.asking", { platform }), this.nextTry()],
          ["next", t("step.result_or_back",
            { result: t(`step.result.${it.choice.result_type}`) }), ""],
        ], "unknown", { sign: "?" }),
      ],
    };
  }

  nextTry() {
    if (!this.view.next_try_at) return " ";
    const seconds = Math.ceil((Date.parse(this.view.next_try_at) - Date.now()) / 1000);
    return seconds > 0 ? t("unknown.again_in", { n: seconds }) : t("unknown.again_now");
  }

  tick() {
    const time = document.getElementById("step-time");
    if (time) time.textContent = this.nextTry();
  }

  close() {
    clearInterval(this.timer);
  }
}
