// A member's pass was scanned: no voucher, but somebody coming in.

import * as api from "./api.js";
import { Checking } from "./screens/checking.js";
import { Visit } from "./screens/visit.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

const PASS = /^HXP[A-Z2-7]{52}$/i;

export const isPass = (text) => PASS.test(text.trim());

/** Count the visit; whatever was under way on the screen is over. */
export function comeIn(flow, pass) {
  Object.assign(flow, { turn: flow.turn + 1, visit: null, ticket: null, shop: null });
  const leave = { label: "home", act: () => flow.leave() };
  flow.run(async () => {
    stage.show(new Checking({ leave }));
    const seen = await flow.reach(() => api.visit(pass));
    sound.done();
    stage.show(new Visit(seen, { onDone: leave.act }));
  });
}
