// The voucher and what it can become. Nothing is used here.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { clock, day, money, shortDay, weekday } from "../format.js";
import { band, button, choice, facts, list, note, tags } from "../parts.js";
import { CLASS, GIVES, RENEWED, daysLeft, isTimesCard, platformName, whyNot }
  from "../certificate.js";
import { stage } from "../stage.js";

const AT_ONCE = 3;

export class Found {
  name = "found";
  idleAfter = 60;
  scans = true;

  /** `fresh`: the choices changed since the member chose, so that must be said. */
  constructor(certificate, { venue, fresh = false, leave, onChoice, onRenew, onPhone }) {
    this.certificate = certificate;
    this.venue = venue;
    this.fresh = fresh;
    this.leave = leave;
    this.onChoice = onChoice;
    this.onRenew = onRenew;
    this.onPhone = onPhone;
    this.page = 0;
    const classes = certificate.choices.filter(isSession);
    this.others = certificate.choices.filter((each) => !isSession(each));
    this.classes = classes;
    this.inClasses = !this.others.length;
  }

  title() {
    return t("found.title");
  }

  draw() {
    const it = this.certificate;
    const here = it.venues.some((venue) => venue.id === this.venue?.id);
    return {
      body: [
        band("unused", t("found.band")),
        h("div.hx-kiosk__grow", {},
          tags(platformName(it), t(`kind.${it.kind}`), isTimesCard(it) && t("kind.times")),
          h("h1.hx-kiosk__title", {}, it.product_name),
          facts([
            [t("fact.price"), money(it.paid_price), it.original_price > it.paid_price
              && t("fact.original", { price: money(it.original_price) })],
            [t("fact.until"), it.expire_date, daysLeft(it)],
            [t("fact.venues"), it.venues.map((venue) => venue.name).join(t("list")),
              here && it.venues.length > 1 && t("fact.here", { venue: this.venue.name })],
            [t("fact.buyer"), it.user_phone],
            [t("fact.code"), it.code_masked && h("span.hx-code", {}, it.code_masked)],
            [t("fact.member"), it.member?.known && it.member.name, it.member?.phone],
          ])),
        this.fresh ? note("person", this.whatChanged()) : note("info", t("found.note")),
      ],
      stub: this.inClasses ? this.sessions() : this.choices(),
    };
  }

  whatChanged() {
    const { member, choices } = this.certificate;
    if (choices.some((each) => each.result_type === RENEWED)) {
      return t("found.changed", { name: member?.name });
    }
    return t("found.no_card");
  }

  choices() {
    const rows = this.others.map((each) => this.row(each));
    if (this.mayRenew()) {
      rows.push(choice("renew", { shape: "renew", title: t("found.renew"),
        gives: t("found.renew_gives"), onclick: () => this.onRenew() }));
    }
    if (this.classes.length) {
      const open = this.classes.filter((each) => each.enabled).length;
      rows.push(choice("sessions", { shape: "calendar", title: t("found.sessions"),
        gives: t("found.sessions_gives", { n: open }), disabled: !open,
        onclick: () => this.turn(true) }));
    }
    return [h("h2.hx-kiosk__ask", {}, t(rows.length ? "found.ask" : "found.none")),
      list({}, rows),
      rows.length > 0 && this.onPhone && button("handover", "quiet", t("handover.start"), this.onPhone,
        { shape: "phone" })];
  }

  /** Which card there is to renew shows once the phone is known. */
  mayRenew() {
    const { kind, needs_phone: unknown, member, choices } = this.certificate;
    return kind === "card" && unknown && !member && !this.fresh
      && !choices.some((each) => each.result_type === RENEWED);
  }

  row(each) {
    return choice(`choice-${each.choice}`, {
      shape: GIVES[each.result_type], title: each.title,
      gives: each.enabled ? each.gives : whyNot(each),
      first: each.recommended && each.enabled, disabled: !each.enabled,
      onclick: () => this.onChoice(each) });
  }

  sessions() {
    const from = this.page * AT_ONCE;
    const shown = this.classes.slice(from, from + AT_ONCE);
    const later = this.classes.length - from - shown.length;
    const rows = shown.map((each) => this.session(each));
    if (later > 0) {
      rows.push(choice("more", { shape: "down", end: null, slim: true,
        title: t("found.more", { n: later }),
        onclick: () => this.turnTo(this.page + 1) }));
    } else if (this.page) {
      rows.push(choice("first", { shape: "undo", end: null, slim: true, title: t("found.first"),
        onclick: () => this.turnTo(0) }));
    }
    if (!rows.length) {
      return [h("h2.hx-kiosk__ask", {}, t("found.none")),
        h("p.hx-kiosk__lead", {}, t("found.no_classes"))];
    }
    return [h("h2.hx-kiosk__ask", {}, t("found.ask_class")), list({}, rows)];
  }

  session(each) {
    const seats = each.enabled ? t("choice.seats", { n: each.seats_left }) : t("choice.full");
    const date = day(each.starts_at);
    return choice(`choice-${each.choice}`, {
      shape: "calendar", end: null, slim: true, disabled: !each.enabled,
      title: `${weekday(date)} ${shortDay(date)} ${clock(each.starts_at)}`,
      gives: [each.session_title, each.coach, seats].filter(Boolean).join(" · "),
      onclick: () => this.onChoice(each) });
  }

  turn(inClasses) {
    this.inClasses = inClasses;
    const before = this.leave;
    this.leave = { label: "back", act: () => {
      this.leave = before;
      this.inClasses = false;
      stage.redraw();
    } };
    stage.redraw();
  }

  turnTo(page) {
    this.page = page;
    stage.redraw();
  }
}

function isSession(each) {
  return each.result_type === CLASS && each.session_id !== null && Boolean(each.starts_at);
}
