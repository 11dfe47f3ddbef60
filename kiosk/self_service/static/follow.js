// Follow one ticket live, by cheap polling, until nothing will change by itself any more.

import * as api from "./api.js";
import { errorCopy } from "./copy.js";
import { errorFacts } from "./facts.js";
import * as keep from "./keep.js";
import { Ended } from "./screens/ended.js";
import { ErrorScreen } from "./screens/error.js";
import { Success } from "./screens/success.js";
import { Unknown } from "./screens/unknown.js";
import { Waiting } from "./screens/waiting.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

const EVERY = 700;
/** A platform that takes longer than this is shown as 确认中. */
const PATIENCE = 3000;

const SCREENS = { requested: "waiting", awaiting_staff: "waiting", verifying: "waiting",
  uncertain: "unknown", manual: "unknown", completed: "success", undoing: "undoing",
  undo_uncertain: "undoing", rejected: "rejected", expired: "expired", withdrawn: "withdrawn",
  refused: "refused", undone: "undone" };

const pause = (milliseconds) =>
  new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Show a redemption and go on asking. Ends when it is settled or the visit is over. */
export async function follow(flow, first) {
  const ticket = new Ticket(flow, first);
  flow.ticket = ticket;
  ticket.render();
  while (!ticket.view.settled) {
    await pause(EVERY);
    if (ticket.over) return;
    await ticket.ask();
    ticket.render();
  }
}

class Ticket {
  constructor(flow, view) {
    this.flow = flow;
    this.turn = flow.turn;
    this.shown = "";
    this.screen = null;
    this.tag = null;
    this.take(view);
  }

  /** Whether its member has left. */
  get over() {
    return this.turn !== this.flow.turn;
  }

  /** A newer view; an older one (an answer overtaken by another) changes nothing. */
  take(view) {
    if (this.over) return;
    if (this.view && Date.parse(view.moved_at) < Date.parse(this.view.moved_at)) return;
    if (view.state !== this.view?.state) this.seen = Date.now();
    this.view = view;
    this.fresh = true;
    if (view.settled) keep.forget();
    else keep.openTicket(view);
  }

  async ask() {
    try {
      const answer = await this.flow.reach(() => api.view(this.view.ref, this.tag),
        { ticket: this.view.ticket });
      if (answer.unchanged) return;
      this.tag = answer.tag;
      this.take(answer.data);
    } catch (error) {
      if (!(error instanceof api.Refused) || error.word !== "too_many_requests") throw error;
      await pause((error.facts.retry_after ?? 5) * 1000);
    }
  }

  /** The same view in another language. */
  relanguage() {
    this.tag = null;
    this.flow.run(async () => {
      await this.ask();
      this.render();
    });
  }

  kind() {
    const slow = this.view.state === "verifying" && Date.now() - this.seen > PATIENCE;
    return slow ? "unknown" : SCREENS[this.view.state] ?? "unknown";
  }

  /** A new screen when the story turns, the same one brought up to date otherwise. */
  render() {
    if (this.over) return;
    const kind = this.kind();
    if (kind !== this.shown || stage.current.name === "offline") {
      this.shown = kind;
      this.screen = this.build(kind);
      stage.show(this.screen);
    } else if (this.fresh) {
      this.screen.update?.(this.view);
    }
    this.fresh = false;
  }

  build(kind) {
    const { flow, view } = this;
    if (kind === "waiting") {
      return new Waiting(view, { leave: flow.homeward, onWithdraw: () => this.withdraw(),
        onRemind: () => this.remind() });
    }
    if (kind === "unknown") return new Unknown(view, { leave: flow.homeward });
    const { visit } = flow;
    if (kind === "success") {
      sound.done();
      const more = visit && visit.at + 1 < visit.queue.length;
      return new Success(view, { kiosk: keep.kiosk(), next: more ? visit.at + 2 : null,
        onNext: () => flow.next(), onAgain: () => flow.leave(), onDone: () => flow.leave() });
    }
    sound.needsYou();
    if (kind === "refused" && view.error) {
      return new ErrorScreen(view.error.error,
        errorFacts({ platform: view.platform, ...view.error.facts }),
        { about: view, leave: flow.homeward, onOther: () => flow.leave() });
    }
    return new Ended(kind, view, { leave: flow.homeward,
      onAgain: visit?.text ? () => flow.inspect(visit.text) : null });
  }

  withdraw() {
    const key = api.newKey();
    stage.lock();
    this.flow.run(async () => {
      try {
        this.take(await this.flow.reach(() => api.withdraw(this.view.ref, key),
          { ticket: this.view.ticket }));
      } catch (error) {
        if (!(error instanceof api.Refused)) throw error;
        stage.unlock();
        stage.note(errorCopy(error.word, error.facts).title);
      }
      this.render();
    });
  }

  /** Whether the staff were asked again. */
  async remind() {
    try {
      await api.remind(this.view.ref, api.newKey());
      return true;
    } catch (error) {
      if (error instanceof api.Refused) stage.note(errorCopy(error.word, error.facts).title);
      return false;
    }
  }
}
