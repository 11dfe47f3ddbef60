// Sent, and waiting for the staff's answer; then the second in which the platform redeems.

import { platformName } from "../certificate.js";
import { t } from "../copy.js";
import { h } from "../dom.js";
import { clock, duration, joined } from "../format.js";
import { band, button, note, qrRow, row, steps, ticketNumber } from "../parts.js";
import { stage } from "../stage.js";

const REMIND_AGAIN = 30000;

export class Waiting {
  name = "waiting";
  idleAfter = 180;

  constructor(view, { leave, onWithdraw, onRemind }) {
    this.leave = leave;
    this.onWithdraw = onWithdraw;
    this.onRemind = onRemind;
    this.reminded = false;
    this.take(view);
    this.timer = setInterval(() => this.tick(), 1000);
  }

  take(view) {
    this.view = view;
    this.since = Date.now() - view.waiting_seconds * 1000;
  }

  /** The same ticket, newer. */
  update(view) {
    this.take(view);
    stage.redraw();
    stage.say(this.headline());
  }

  title() {
    return t("waiting.title");
  }

  get confirmed() {
    return this.view.state === "verifying";
  }

  headline() {
    return t(this.confirmed ? "waiting.band_verifying" : "waiting.band");
  }

  draw() {
    const it = this.view;
    const person = [it.choice.title, it.member?.name, it.member?.phone].filter(Boolean);
    return {
      body: [
        band("verifying", this.headline(), { end: this.waited() }),
        ticketNumber(it.ticket, h("h1.hx-kiosk__lead", {}, person.join(" · "))),
        steps(this.steps(), "verifying", { centre: true }),
        note("info", this.confirmed || !it.expires_at ? t("waiting.note_verifying")
          : t("waiting.until", { time: clock(it.expires_at) })),
      ],
      stub: [
        qrRow(it.ref, t("qr.follow"), t("waiting.away"),
          t("waiting.away_lead", { ticket: it.ticket })),
        !this.confirmed && row(
          button("withdraw", "plain", t("waiting.withdraw"), this.onWithdraw),
          button("remind", "plain", t(this.reminded ? "waiting.reminded" : "waiting.remind"),
            () => this.remind(), { shape: "bell", disabled: this.reminded })),
      ],
    };
  }

  steps() {
    const it = this.view;
    const platform = t("step.platform", { platform: platformName(it) });
    const result = t(`step.result.${it.choice.result_type}`);
    const told = it.staff_told?.length
      ? t("step.told", { names: joined(it.staff_told) }) : t("step.usual");
    return [
      ["done", t("step.sent"), clock(it.created_at, true)],
      this.confirmed
        ? ["done", it.confirmed_by ? t("step.staff_done", { name: it.confirmed_by.name })
          : t("step.staff_auto"), clock(it.moved_at, true)]
        : ["now", t("step.staff"), told],
      [this.confirmed ? "now" : "next", platform, this.confirmed ? t("step.platform_now") : ""],
      ["next", result, ""],
    ];
  }

  waited() {
    return t("waiting.waited", { time: duration((Date.now() - this.since) / 1000) });
  }

  tick() {
    const end = document.getElementById("band-end");
    if (end) end.textContent = this.waited();
  }

  /** Asked again; the button comes back after half a minute. */
  async remind() {
    this.become(true);
    if (!(await this.onRemind())) return this.become(false);
    stage.say(t("waiting.reminded"));
    setTimeout(() => this.become(false), REMIND_AGAIN);
  }

  become(reminded) {
    this.reminded = reminded;
    if (stage.current === this) stage.redraw();
  }

  close() {
    clearInterval(this.timer);
  }
}

