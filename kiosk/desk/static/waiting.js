// The waiting list: up and down choose one, Y confirms, N asks why not. Time left is counted here.

import { quiet, setQuiet } from "./sound.js";

const asks = () => [...document.querySelectorAll("#waiting .hx-ask[data-ref]")];
let current = null;

export function watchWaiting() {
  if (!document.getElementById("waiting")) return;
  document.addEventListener("keydown", key);
  document.addEventListener("desk:drawn", mark);
  for (const button of document.querySelectorAll("[data-knock]")) {
    const show = () => {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(!quiet()));
      button.querySelector("span").textContent = quiet() ? button.dataset.off : button.dataset.on;
    };
    button.addEventListener("click", () => { setQuiet(!quiet()); show(); });
    show();
  }
  mark();
  setInterval(tick, 1000);
  tick();
}

function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  const all = asks();
  if (!all.length) return;
  const at = all.findIndex((ask) => ask.dataset.ref === current);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    current = all[Math.min(Math.max(at + step, 0), all.length - 1)].dataset.ref;
    mark();
    document.querySelector(".hx-ask[aria-current]")?.scrollIntoView({ block: "nearest" });
  } else if (at >= 0 && event.key.toLowerCase() === "y") {
    all[at].querySelector("[data-yes]")?.click();
  } else if (at >= 0 && event.key.toLowerCase() === "n") {
    all[at].querySelector("[data-no]")?.click();
  } else {
    return;
  }
  event.preventDefault();
}

function mark() {
  const all = asks();
  if (!all.some((ask) => ask.dataset.ref === current)) current = all[0]?.dataset.ref ?? null;
  for (const ask of all) {
    if (ask.dataset.ref === current) ask.setAttribute("aria-current", "true");
    else ask.removeAttribute("aria-current");
  }
  tick();
}

function tick() {
  for (const timer of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(timer.dataset.until) - Date.now()) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    timer.querySelector("[data-clock]").textContent = clock;
    const label = timer.querySelector("[data-left]");
    label.textContent = label.dataset.left;
    const bar = timer.querySelector("progress");
    if (bar) bar.value = left;
  }
}
