// The visit goes on with a phone. The kiosk shows the code, then how far the phone is: its ticket
// number at most, nothing of whose it is.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { band, button, note, steps } from "../parts.js";
import { stage } from "../stage.js";

const BANDS = { offered: "verifying", taken: "verifying", waiting: "verifying",
  unknown: "unknown", done: "redeemed", not_done: "unused", over: "expired" };
const ENDED = new Set(["done", "not_done", "over"]);
const HOME_AFTER = 15000;

export class Handover {
  name = "handover";
  idleAfter = null;

  constructor(offer, { leave, onDone }) {
    Object.assign(this, { offer, leave, onDone });
    this.now = { state: "offered", ticket: null };
  }

  /** News of the phone; an end makes way for the next member after a while. */
  update(now) {
    if (now.state === this.now.state && now.ticket === this.now.ticket) return;
    this.now = now;
    stage.redraw();
    stage.say(t(`handover.${now.state}`));
    if (this.over) this.timer = setTimeout(() => stage.current === this && this.onDone(),
      HOME_AFTER);
  }

  get over() {
    return ENDED.has(this.now.state);
  }

  title() {
    return t("handover.title");
  }

  draw() {
    const { state, ticket } = this.now;
    return {
      torn: state === "done",
      bodyData: state === "done" ? { state: "redeemed" } : {},
      body: [
        band(BANDS[state], t(`handover.${state}`)),
        h("h1.hx-kiosk__title", {}, t(`handover.${state}_lead`)),
        ticket ? h("div.hx-ticketno", {},
          h("span.hx-ticketno__label", {}, t("success.number")),
          h("span.hx-ticketno__no", {}, ticket)) : null,
        this.over ? null : steps(this.steps(), "verifying", { centre: true }),
      ],
      stub: state === "offered" ? this.code() : this.rest(),
    };
  }

  steps() {
    const at = { offered: 0, taken: 1, waiting: 2, unknown: 2 }[this.now.state];
    return ["handover.step_scan", "handover.step_choose", "handover.step_wait"].map(
      (key, number) => [number < at ? "done" : number === at ? "now" : "next", t(key), ""]);
  }

  code() {
    return [
      h("img.hx-qr.hx-handover__qr", { src: this.offer.picture, alt: t("handover.code"),
        width: 480, height: 480 }),
      note("lock", t("handover.note")),
    ];
  }

  rest() {
    return [
      this.over ? null : note("info", t("handover.away")),
      button("done", "primary", t(this.now.state === "over" ? "handover.again" : "home"),
        this.onDone, { block: true }),
    ];
  }

  close() {
    clearTimeout(this.timer);
  }
}
