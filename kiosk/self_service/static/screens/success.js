// Done: shown only for a redemption that the server calls completed.

import { platformName } from "../certificate.js";
import { t } from "../copy.js";
import { h } from "../dom.js";
import { clock, day, shortDay, weekday } from "../format.js";
import { band, button, facts, qrRow, row } from "../parts.js";
import { printSlip } from "../slip.js";
import { stage } from "../stage.js";

const SECONDS = 20;
const LESSONS = 3;

export class Success {
  name = "success";
  idleAfter = null;
  scans = true;

  /** `next`: the number of the certificate to go on with, or null. */
  constructor(view, { kiosk, next, onNext, onAgain, onDone }) {
    if (view.state !== "completed") throw new Error(`no success in ${view.state}`);
    Object.assign(this, { view, kiosk, next, onNext, onAgain, onDone });
    this.leave = { label: "home", act: onDone };
    this.prints = 0;
    this.idleAfter = next ? 60 : null;
    this.left = SECONDS;
    this.timer = setInterval(() => this.tick(), 1000);
  }

  update(view) {
    this.view = view;
    stage.redraw();
  }

  title() {
    return t("success.title");
  }

  draw() {
    const it = this.view;
    const at = it.completed_at ?? it.moved_at;
    const stamp = `${shortDay(day(at))} ${clock(at)} ${platformName(it)}`;
    return {
      torn: true,
      bodyData: { state: "redeemed" },
      body: [
        band("redeemed", t("success.band"), { end: clock(at, true) }),
        h("div.hx-poster", {},
          h("div.hx-success__top", {},
            h("h1.hx-kiosk__title", {}, it.result.title),
            h("p.hx-stamp", { "aria-hidden": "true" }, t("success.stamp"),
              h("small", {}, stamp))),
          h("div", {}, this.fact())),
        facts([
          [t("fact.member"), ...[it.member?.name, it.member?.phone].filter(Boolean)],
          [t("success.used"), it.product_name,
            it.code_tail && t("fact.tail", { tail: it.code_tail })],
          [t("success.number"), it.ticket],
        ]),
      ],
      stub: [
        qrRow(it.ref, t("qr.save"), t("success.save"), t("success.save_lead")),
        row(
          button("print", "plain", t("success.print"), () => this.print(), { shape: "print" }),
          !this.next && button("again", "plain", t("success.again"), this.onAgain,
            { shape: "ticket" })),
        this.next
          ? button("next", "primary", t("success.next", { n: this.next }), this.onNext,
            { block: true, after: "right" })
          : button("done", "primary", t(`success.done.${it.result.result_type}`), this.onDone,
            { block: true, aside: t("success.returns", { n: this.left }) }),
      ],
    };
  }

  /** One huge fact: the new last day, the hour of the class, the number of lessons. */
  fact() {
    const { before, after, days, uses, starts_at: starts, session_title: session } =
      this.view.result;
    const huge = (text, small) => h("p.hx-until", {}, text, small && h("small", {}, small));
    const above = (text) => h("p.hx-ticketno__label", {}, text);
    const below = (text) => h("p.hx-kiosk__lead", {}, text);
    if (starts) {
      const date = day(starts);
      return [above(t("success.class", { date: shortDay(date), weekday: weekday(date) })),
        huge(clock(starts)), below(session)];
    }
    if (this.view.result.result_type === LESSONS) {
      return [huge(String(uses), t("success.lessons")),
        after && below(t("success.until_day", { date: after }))];
    }
    const gained = before ? t("success.from", { date: shortDay(before), n: days })
      : t("success.from_new");
    return [above(t("success.until", { year: after.slice(0, 4) })), huge(shortDay(after)),
      below(t("success.day", { weekday: weekday(after) }) + gained)];
  }

  print() {
    this.left = SECONDS;
    this.prints += 1;
    printSlip(this.view, this.kiosk, this.prints);
  }

  tick() {
    if (this.next) return;
    this.left -= 1;
    const aside = document.querySelector("[data-act=done] .hx-btn__aside");
    if (aside) aside.textContent = t("success.returns", { n: Math.max(0, this.left) });
    if (this.left <= 0 && stage.current === this) this.onDone();
  }

  close() {
    clearInterval(this.timer);
  }
}
