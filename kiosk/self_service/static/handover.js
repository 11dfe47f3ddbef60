// Go on with a phone: show its code, then follow how far it is, from afar.

import * as api from "./api.js";
import { Handover } from "./screens/handover.js";
import { stage } from "./stage.js";

const EVERY = 1000;

const pause = (milliseconds) =>
  new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Ends when the phone's story does, or when somebody leaves the screen. */
export async function handOver(flow, inspection) {
  const offer = await flow.reach(() => api.handOver(inspection));
  flow.visit = null;
  const leave = () => flow.leave();
  const screen = new Handover(offer, { leave: { label: "home", act: leave }, onDone: leave });
  stage.show(screen);
  while (stage.current === screen && !screen.over) {
    await pause(EVERY);
    if (stage.current === screen) screen.update(await news(offer, screen.now));
  }
}

/** What is known is kept while the network is away: the phone goes on without us. */
async function news(offer, known) {
  try {
    return await api.handedOver(offer.id);
  } catch (error) {
    if (error instanceof api.Refused && error.word !== "too_many_requests") throw error;
    return known;
  }
}
