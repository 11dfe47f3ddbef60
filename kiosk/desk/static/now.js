// The numbers beside the menu, and a double knock when somebody new is waiting.

import { knock } from "./sound.js";

const EVERY = 5000;
let tag = null;
let before = null;

export function watchNow() {
  if (document.querySelector("[data-count]")) look();
}

async function look() {
  try {
    const answer = await fetch("/desk/now", {
      credentials: "same-origin", headers: { "X-Desk-Part": "1", ...(tag && { "If-None-Match": tag }) },
    });
    if (answer.status === 401) return;
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      show(await answer.json());
    }
  } catch {
    // The next look tells.
  }
  setTimeout(look, document.hidden ? EVERY * 4 : EVERY);
}

function show(numbers) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const number = numbers[place.dataset.count] ?? 0;
    place.textContent = number > 99 ? "99+" : number;
    place.hidden = !number;
  }
  const waiting = (numbers.waiting ?? 0) + (numbers.orders ?? 0);
  if (before !== null && waiting > before) knock();
  before = waiting;
}
