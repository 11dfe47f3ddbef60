// One member's visit: read → inspect → choose → phone → request → follow. What is known of it lives
// in `visit`, in memory only. One file on purpose: each step names the next, and reading a visit from
// its first line to its last is worth more than a shorter file.

import * as api from "./api.js";
import { WHY_NOT, isTimesCard, usable } from "./certificate.js";
import { comeIn, isPass } from "./come_in.js";
import { errorCopy, t } from "./copy.js";
import { errorFacts } from "./facts.js";
import { follow } from "./follow.js";
import { handOver } from "./handover.js";
import * as keep from "./keep.js";
import { Camera } from "./screens/camera.js";
import { Certificates } from "./screens/certificates.js";
import { Checking } from "./screens/checking.js";
import { Entry } from "./screens/entry.js";
import { ErrorScreen } from "./screens/error.js";
import { Found } from "./screens/found.js";
import { Phone } from "./screens/phone.js";
import { Times } from "./screens/times.js";
import { Shop } from "./shop.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";
import { Turns } from "./turns.js";

const PHONE_PROBLEMS = new Set(["phone_malformed", "phone_needed", "invalid_input"]);

export class Flow extends Turns {
  /** goHome(): show the start page; onUnpaired(): the device's token is no longer good. */
  constructor({ goHome, onUnpaired }) {
    super();
    this.goHome = goHome;
    this.onUnpaired = onUnpaired;
    this.visit = null;
    this.ticket = null;
    this.shop = null;
    this.exit = { label: "leave", act: () => this.leave() };
    this.homeward = { label: "home", act: () => this.leave() };
  }

  /** End this visit; nothing of it stays. */
  leave() {
    if (stage.current.name === "handover") api.keepHere().catch(() => {});
    this.turn += 1;
    this.visit = null;
    this.ticket = null;
    this.shop = null;
    keep.forget();
    stage.clearNotes();
    this.goHome();
  }

  /** Something was scanned, seen or pasted. */
  read(text) {
    if (stage.current.takes?.(text)) return stage.current.paste(text);
    if (!stage.current.scans || stage.locked) {
      if (stage.current.name === "waiting") stage.note(t("waiting.scan_blocked"));
      sound.needsYou();
      return;
    }
    sound.scanned();
    if (isPass(text)) comeIn(this, text.trim());
    else if (this.shop) this.code(text);
    else this.inspect(text);
  }

  /** Buy something, at a venue whose kiosks sell. */
  buy(code = "") {
    this.turn += 1;
    this.visit = null;
    this.ticket = null;
    this.shop = new Shop(this);
    this.shop.open(code);
  }

  /** A code for the cart that is being filled. */
  code(text) {
    if (this.shop.enter(text)) this.shop.cart();
  }

  inspect(text) {
    this.turn += 1;
    this.ticket = null;
    this.visit = { text, queue: [], at: 0, phone: "", digits: "", choice: null };
    this.run(async () => {
      const certificates = await this.look();
      const free = certificates.filter(usable);
      if (certificates.length > 1 && free.length > 1) this.chooseCertificates(certificates);
      else this.open(free[0] ?? certificates[0]);
    });
  }

  async look() {
    const { visit } = this;
    stage.show(new Checking({ leave: this.exit }));
    stage.say(t("checking.title"));
    const found = await this.reach(() => api.inspect(visit.text));
    visit.inspection = found.inspection;
    return found.certificates;
  }

  chooseCertificates(certificates) {
    stage.show(new Certificates(certificates, { leave: this.exit,
      onEach: (chosen) => {
        this.visit.queue = chosen;
        this.open(chosen[0]);
      },
      onTogether: (chosen) => this.together(chosen) }));
  }

  /** Several for one member: the choices now say what all of them give. */
  together(chosen) {
    if (chosen.length === 1) return this.open(chosen[0]);
    const { visit } = this;
    visit.picks = chosen.map((each) => ({ certificate: each.certificate, uses: 1 }));
    visit.uses = chosen.length;
    stage.lock();
    this.run(async () => {
      const found = await this.reach(() =>
        api.refine(visit.inspection, { uses: visit.uses }));
      visit.inspection = found.inspection;
      this.open(found.certificates.find((each) =>
        each.certificate === chosen[0].certificate));
    });
  }

  /** Several were chosen: the next one, found again in a fresh look. */
  next() {
    const { visit } = this;
    this.turn += 1;
    this.ticket = null;
    visit.at += 1;
    Object.assign(visit, { phone: "", digits: "", choice: null });
    this.run(async () => {
      const wanted = visit.queue[visit.at];
      const free = (await this.look()).filter(usable);
      const same = free.find((each) => each.code_masked === wanted.code_masked
        && each.code_tail === wanted.code_tail);
      if (free.length) this.open(same ?? free[0]);
      else this.fail("already_redeemed", {});
    });
  }

  /** One certificate: what it is and what it can become. */
  open(certificate) {
    if (!certificate) return this.fail("voucher_not_found", {});
    this.visit.certificate = certificate;
    if (!usable(certificate)) {
      return this.fail(WHY_NOT[certificate.status] ?? "already_redeemed",
        { expire_date: certificate.expire_date });
    }
    this.offer();
  }

  offer(fresh = false) {
    const { certificate } = this.visit;
    const options = { venue: keep.kiosk().venue, fresh, leave: this.exit,
      onChoice: (choice, uses = 1) => this.choose(choice, uses), onRenew: () => this.askPhone(),
      onUses: (uses) => this.giving(uses),
      onPhone: this.visit.picks ? null : () => this.handOver() };
    const several = isTimesCard(certificate) && certificate.uses_left > 1
      && certificate.kind !== "class" && !fresh && !this.visit.picks;
    stage.show(several ? new Times(certificate, options) : new Found(certificate, options));
  }

  /** The same certificate with what so many uses give; null when that cannot be had now. */
  async giving(uses) {
    const { visit } = this;
    const found = await api.refine(visit.inspection, { uses }).catch(() => null);
    return found?.certificates.find((each) =>
      each.certificate === visit.certificate.certificate) ?? null;
  }

  choose(choice, uses) {
    const { phone, picks } = this.visit;
    Object.assign(this.visit, { choice, uses: phone || picks ? this.visit.uses : uses });
    if (this.visit.certificate.needs_phone && !this.visit.phone) this.askPhone();
    else this.send();
  }

  askPhone() {
    const { visit } = this;
    const screen = new Phone({
      certificate: visit.certificate, choice: visit.choice, digits: visit.digits,
      nth: visit.queue.length > 1 ? [visit.at + 1, visit.queue.length] : null,
      leave: { label: "back", act: () => this.again() },
      onLook: (digits) => this.refine(digits, screen),
      onDone: (digits) => this.phoneDone(digits) });
    stage.show(screen);
  }

  /** Back from the phone number to the choices. */
  again() {
    Object.assign(this.visit, { digits: "", phone: "", choice: null });
    this.offer();
  }

  /** Who has this number, and what can the certificate become for them? No platform is asked. */
  async refine(digits, screen) {
    const { visit } = this;
    visit.digits = digits;
    try {
      const found = await this.reach(() => api.refine(visit.inspection,
        { phone: digits, uses: visit.uses || 1 }));
      if (stage.current.name === "offline") stage.show(screen);
      visit.refined = { digits, ...found };
      return { member: this.refined().member };
    } catch (error) {
      if (error instanceof api.Refused && PHONE_PROBLEMS.has(error.word)) {
        return { problem: errorCopy(error.word, error.facts).title };
      }
      if (error instanceof api.Refused) this.fail(error.word, error.facts);
      return {};
    }
  }

  refined() {
    const { visit } = this;
    return visit.refined.certificates.find((each) =>
      each.certificate === visit.certificate.certificate);
  }

  /** Go on, unless the member now turns out to have other choices, or only wanted to see them:
   * then those are shown first, with the dates they lead to. */
  phoneDone(digits) {
    const { visit } = this;
    const before = new Set(visit.certificate.choices.map((each) => each.choice));
    visit.phone = digits;
    visit.inspection = visit.refined.inspection;
    visit.certificate = this.refined();
    const enabled = visit.certificate.choices.filter((each) => each.enabled);
    const same = enabled.find((each) => each.choice === visit.choice?.choice);
    const better = enabled.some((each) => each.recommended && !before.has(each.choice));
    if (!same || better) return this.offer(true);
    visit.choice = same;
    this.send();
  }

  /** Ask for it. One key for all tries of this attempt, so that it can count only once. */
  send() {
    const { visit } = this;
    const body = { inspection: visit.inspection, certificate: visit.certificate.certificate,
      choice: visit.choice.choice, uses: visit.uses };
    if (visit.picks) body.certificates = visit.picks;
    if (visit.phone) body.phone = visit.phone;
    const attempt = { body, key: api.newKey() };
    stage.lock();
    stage.say(t("busy"));
    this.run(() => this.deliver(attempt));
  }

  async deliver({ body, key }) {
    keep.sending({ body, key });
    try {
      const view = await this.reach(() => api.request(body, key), { unsure: true });
      keep.openTicket(view);
      keep.sent();
      await follow(this, view);
    } finally {
      keep.sent();
    }
  }

  /** After a reload or a power cut: what was on its way, or the ticket that was open. */
  resume() {
    const attempt = keep.attemptLeftOpen();
    const open = keep.ticketLeftOpen();
    if (this.resumeOrder()) return true;
    if (!attempt && !open) return false;
    this.turn += 1;
    stage.show(new Checking({ leave: this.homeward, copy: "resume",
      facts: { ticket: open?.ticket ?? "" } }));
    this.run(async () => {
      if (attempt) return this.deliver(attempt);
      return this.followRef(open.ref, open.ticket);
    });
    return true;
  }

  resumeOrder() {
    const attempt = keep.checkoutLeftOpen();
    const open = keep.orderLeftOpen();
    if (!attempt && !open) return false;
    this.turn += 1;
    this.shop = new Shop(this);
    stage.show(new Checking({ leave: this.homeward, copy: "resume",
      facts: { ticket: open?.orderNo.slice(-4) ?? "" } }));
    this.run(async () => {
      if (attempt) return this.shop.settle(attempt);
      return this.shop.follow(await this.reach(() => api.order(open.orderNo)));
    });
    return true;
  }

  async followRef(ref, ticket) {
    const { data } = await this.reach(() => api.view(ref), { ticket });
    await follow(this, data);
  }

  fail(word, facts) {
    if (word === "not_signed_in") return this.onUnpaired();
    const { visit } = this;
    if (word === "own_code" && visit?.text && keep.kiosk().venue?.kiosk_cart) {
      return this.buy(visit.text);
    }
    keep.forget();
    sound.needsYou();
    const text = visit?.text;
    stage.show(new ErrorScreen(word, errorFacts(facts), {
      about: visit?.certificate, leave: this.homeward, onOther: () => this.leave(),
      acts: {
        retry: text && (() => this.inspect(text)),
        choose: text && (() => this.inspect(text)),
        rephone: visit?.certificate && (() => this.askPhone()),
        follow: facts.ref && (() => this.run(() => this.followRef(facts.ref, facts.ticket))),
        type: () => this.type(""),
      } }));
  }

  /** The language was changed: what the server said is asked for again in the new one. */
  relanguage() {
    const { visit } = this;
    if (this.ticket) this.ticket.relanguage();
    else if (this.shop) this.shop.relanguage();
    else if (["found", "times", "certificates"].includes(stage.current.name) && visit) {
      this.inspect(visit.text);
    }
  }

  /** The visit is the phone's from now on. */
  handOver() {
    const { inspection } = this.visit;
    stage.lock();
    this.run(() => handOver(this, inspection));
  }

  camera() {
    stage.show(new Camera({ leave: this.exit, onEntry: () => this.type(""),
      onText: (text) => this.read(text), onFail: (word) => this.fail(word, {}),
      onDown: () => this.run(async () => {
        await this.reach(api.heartbeat);
        this.camera();
      }) }));
  }

  type(typed) {
    const leave = this.shop ? { label: "back", act: () => this.shop.cart() } : this.exit;
    stage.show(new Entry({ copy: "entry", typed, leave,
      letters: /[a-z]/i.test(typed), onPaste: (text) => this.read(text),
      onDone: (code) => (this.shop ? this.code(code) : this.inspect(code)) }));
  }
}
