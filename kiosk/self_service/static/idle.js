// Somebody walked away: a warning, then everything personal is gone from the page.

import { t } from "./copy.js";
import { h } from "./dom.js";
import { button } from "./parts.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

const WARNING = 15;
const ANNOUNCE_AT = 5;
const ROUND = 2 * Math.PI * 45;

export class Idle {
  /** onGone(): nobody answered the warning, or somebody pressed 清掉. */
  constructor(onGone) {
    this.onGone = onGone;
    this.touched = Date.now();
    this.left = 0;
    for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) {
      addEventListener(event, () => this.touch(), { capture: true, passive: true });
    }
    setInterval(() => this.tick(), 1000);
  }

  get warning() {
    return this.left > 0;
  }

  /** Seconds since anybody touched the machine. */
  get quiet() {
    return (Date.now() - this.touched) / 1000;
  }

  touch() {
    this.touched = Date.now();
  }

  tick() {
    if (this.warning) {
      this.left -= 1;
      if (this.left === ANNOUNCE_AT) {
        sound.idle();
        stage.say(t("idle.left", { n: this.left }), true);
      }
      if (this.left === 0) this.gone();
      else this.show();
      return;
    }
    const after = stage.current?.idleAfter;
    if (after && this.quiet >= after) this.warn();
  }

  /** The page under the veil shows grey bars, never the data. */
  warn() {
    this.left = WARNING;
    this.focused = document.activeElement?.dataset?.act;
    stage.held = true;
    const bar = (width, kind = "") => h(`span.hx-ghost.hx-ghost--${width}${kind}`);
    document.getElementById("main").replaceChildren(
      h("section.hx-ticket__body", {}, bar("short"), bar("long", ".hx-ghost--big"), bar("wide"),
        bar("short"), bar("long")),
      h("section.hx-ticket__stub", {}, [1, 2, 3].map(() => h("span.hx-ghost.hx-ghost--row"))));
    for (const part of document.querySelectorAll("[data-shell]")) part.inert = true;
    document.body.append(this.veil());
    this.show();
    document.querySelector("[data-act=more-time]").focus();
    sound.idle();
    stage.say(t("idle.left", { n: this.left }), true);
  }

  veil() {
    const more = button("more-time", "primary", t("idle.more"), () => this.stay(), { block: true });
    const clear = button("clear-now", "plain", t("idle.clear"), () => this.gone(), { block: true });
    return h("div.hx-veil", { onkeydown: (event) => event.key === "Escape" && this.stay() },
      h("section.hx-dialog.hx-dialog--idle", { role: "alertdialog", "aria-modal": "true",
        "aria-labelledby": "idle-title", "aria-describedby": "idle-lead" },
      h("div.hx-countdown", { role: "timer", "aria-live": "off" }, ring(), h("span")),
      h("div", {}, h("h1.hx-kiosk__title", { id: "idle-title" }, t("idle.title")),
        h("p.hx-kiosk__lead", { id: "idle-lead" }, t("idle.lead"))),
      h("div.hx-kiosk__choices.hx-dialog__acts", {}, more, clear)));
  }

  show() {
    document.querySelector(".hx-countdown span").textContent = String(this.left);
    document.querySelector(".hx-countdown circle + circle").setAttribute("stroke-dasharray",
      `${(ROUND * this.left) / WARNING} ${ROUND}`);
  }

  stay() {
    this.dismiss();
    stage.redraw();
    document.querySelector(`[data-act="${CSS.escape(this.focused ?? "leave")}"]`)?.focus();
  }

  gone() {
    this.dismiss();
    this.onGone();
  }

  /** Take the warning away; also called when a result arrives and shows itself. */
  dismiss() {
    this.left = 0;
    this.touch();
    stage.held = false;
    document.querySelector(".hx-veil")?.remove();
    for (const part of document.querySelectorAll("[data-shell]")) part.inert = false;
    stage.say("", true);
  }
}

function ring() {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("aria-hidden", "true");
  for (let at = 0; at < 2; at += 1) {
    const circle = document.createElementNS(name, "circle");
    for (const [key, value] of [["cx", 50], ["cy", 50], ["r", 45]]) {
      circle.setAttribute(key, String(value));
    }
    svg.append(circle);
  }
  return svg;
}
