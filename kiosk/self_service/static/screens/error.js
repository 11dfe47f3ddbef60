// The server's "no" in plain words: what happened, what about the voucher, what next.

import { platformName } from "../certificate.js";
import { errorCopy, t } from "../copy.js";
import { h, icon } from "../dom.js";
import { band, button, facts, row, steps } from "../parts.js";
import { kindOf } from "../errors.js";

export class ErrorScreen {
  name = "error";
  idleAfter = 60;
  scans = true;

  /** `facts` feed the sentence; `about` is the certificate, if one was found; `acts`: name → what
   * the second button does, tried in the order of the word's kind. */
  constructor(word, facts, { about = null, acts = {}, leave, onOther }) {
    this.word = word;
    this.facts = facts;
    this.about = about;
    this.acts = acts;
    this.leave = leave;
    this.onOther = onOther;
    this.kind = kindOf(word);
  }

  title() {
    return t("error.title");
  }

  draw() {
    const { state, bandKey, shape, hero } = this.kind;
    const copy = errorCopy(this.word, this.facts);
    const it = this.about;
    return {
      body: [
        band(state, t(bandKey), { role: "alert", shape }),
        h("div.hx-poster", {},
          h("span.hx-hero-icon", {}, icon(hero)),
          h("div.hx-poster__say", {},
            h("h1.hx-kiosk__title", {}, copy.title), h("p.hx-kiosk__lead", {}, copy.lead))),
        it && facts([
          [t("fact.this"), `${platformName(it)} · ${it.product_name}`],
          [t("fact.until"), it.expire_date],
        ]),
      ],
      stub: [this.venues() ?? this.tips(), this.buttons()],
    };
  }

  venues() {
    const venues = this.facts.shops;
    if (!venues?.length) return null;
    return [
      h("h2.hx-kiosk__ask", {}, t(venues.length > 1 ? "error.venues" : "error.venue_one",
        { n: venues.length })),
      h("ul.hx-kiosk__choices", {}, venues.map((venue) =>
        h("li.hx-choice.hx-choice--still", {}, icon("pin"),
          h("span", {}, h("span.hx-choice__title", {}, venue.name),
            venue.address && h("span.hx-choice__gives", {}, venue.address))))),
    ];
  }

  tips() {
    const tips = this.kind.tips.map((key) => t(key));
    return [
      h("h2.hx-kiosk__ask", {}, t("error.ask")),
      tips.length === 1 ? h("p.hx-kiosk__lead", {}, tips[0])
        : steps(tips.map((tip) => ["next", h("span.hx-strong", {}, tip), ""]), "",
          { plain: true }),
    ];
  }

  buttons() {
    const second = this.kind.acts.find((name) => this.acts[name]);
    return row(
      second && button(second, "plain", t(`error.${second}`), this.acts[second]),
      button("other", "primary", t(this.about ? "error.other" : "error.again"), this.onOther));
  }
}
