// Visits one after the other: an answer that belongs to an earlier visit is dropped, a server that
// cannot be reached is said plainly and asked again.

import * as api from "./api.js";
import { Offline } from "./screens/offline.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

/** Thrown into work whose visit is over. */
class Left extends Error {}

const DELAYS = [3, 5, 8];

/** A flow adds `fail(word, facts)` and `homeward`, the way out of the offline screen. */
export class Turns {
  constructor() {
    this.turn = 0;
  }

  /** Run a piece of work; its "no" becomes the error screen, a visit that is over is dropped. */
  async run(work) {
    const mine = this.turn;
    try {
      await work();
    } catch (error) {
      if (error instanceof Left || mine !== this.turn) return;
      if (error instanceof api.Refused) return this.fail(error.word, error.facts);
      this.fail("error", {});
      throw error;
    }
  }

  /** Call the server until it answers; meanwhile say plainly that the network is down. */
  async reach(call, { unsure = false, ticket = "" } = {}) {
    const mine = this.turn;
    const stay = () => { if (mine !== this.turn) throw new Left(); };
    let screen = null;
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await call();
        stay();
        return answer;
      } catch (error) {
        stay();
        if (!(error instanceof api.Unreachable)) throw error;
      }
      if (!screen) {
        screen = new Offline({ ticket, unsure, leave: this.homeward });
        sound.needsYou();
        stage.show(screen);
      }
      await screen.wait(DELAYS[Math.min(tries, DELAYS.length - 1)]);
      stay();
    }
  }
}
