// The second or two in which a platform is asked. Looking only: nothing is used.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { band } from "../parts.js";

export class Checking {
  name = "checking";
  idleAfter = 60;

  constructor({ leave, copy = "checking", facts = {} }) {
    this.leave = leave;
    this.copy = copy;
    this.facts = facts;
  }

  title() {
    return t(`${this.copy}.title`);
  }

  draw() {
    return {
      body: [
        band("verifying", t(`${this.copy}.title`)),
        h("div.hx-kiosk__middle", {},
          h("h1.hx-kiosk__title", {}, t(`${this.copy}.title`)),
          h("p.hx-kiosk__lead", {}, t(`${this.copy}.lead`, this.facts))),
      ],
      stub: [1, 2, 3].map(() => h("span.hx-ghost.hx-ghost--row", { "aria-hidden": "true" })),
    };
  }
}
