// `data-live="address"`: the element's content is asked for again every `data-every` ms, cheaply
// (ETag), and redrawn only when it has changed. Hidden pages ask less.

import { part } from "./page.js";

const HIDDEN = 5;
const running = new Map();

export function watchLive(root) {
  for (const place of root.querySelectorAll("[data-live]")) {
    if (!running.has(place)) follow(place);
  }
}

export function stopLive(root) {
  for (const [place, stop] of running) {
    if (root.contains(place)) stop();
  }
}

document.addEventListener("desk:drawn", (event) => watchLive(event.detail));

function follow(place) {
  let tag = null;
  let timer = 0;
  let ended = false;
  const every = Number(place.dataset.every) || 2000;
  const stop = () => {
    ended = true;
    clearTimeout(timer);
    running.delete(place);
  };
  running.set(place, stop);

  async function look() {
    if (ended || !place.isConnected) return stop();
    try {
      const answer = await part(place.dataset.live, { tag });
      if (ended) return null;
      if (answer.status === 200) {
        tag = answer.tag;
        redraw(place, answer.html);
      }
      place.toggleAttribute("data-away", false);
      if (place.querySelector("[data-settled]")) return stop();
    } catch {
      place.toggleAttribute("data-away", true);
    }
    timer = setTimeout(look, document.hidden ? every * HIDDEN : every);
    return null;
  }

  timer = setTimeout(look, every);
}

function redraw(place, html) {
  const held = document.activeElement;
  const inside = place.contains(held);
  const id = inside ? held.id : "";
  // Somebody is writing in it: what he writes is worth more than news.
  if (inside && held.matches("input:not([type=hidden]), textarea, select")) return;
  place.innerHTML = html;
  if (id) document.getElementById(id)?.focus();
  document.dispatchEvent(new CustomEvent("desk:drawn", { detail: place }));
}
