// A link or form with `data-dialog` opens in the page's one dialog; forms inside it stay inside.

import { stopLive, watchLive } from "./live.js";
import { part, refresh } from "./page.js";

let changed = false;
let opener = null;
let turn = 0;

const box = () => document.getElementById("box");

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.("a");
    if (!link) return;
    if (link.hasAttribute("data-close") && link.closest("dialog")) {
      event.preventDefault();
      box().close();
    } else if (link.hasAttribute("data-dialog")) {
      event.preventDefault();
      open(link.href);
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const inside = form.closest("dialog");
    if (event.defaultPrevented || form.hasAttribute("data-whole")) return;
    if (form.hasAttribute("data-into") && !inside) {
      event.preventDefault();
      into(form);
      return;
    }
    if (!inside && !form.hasAttribute("data-dialog")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  box().addEventListener("close", closed);
  box().addEventListener("click", (event) => {
    if (event.target === box()) box().close();
  });
}

export async function open(url, options = {}) {
  const mine = ++turn;
  if (!box().open) opener = document.activeElement;
  let answer;
  try {
    answer = await part(url, options);
  } catch {
    if (options.body) throw new Error("offline");
    location.assign(url);
    return;
  }
  if (mine !== turn) return;
  if (answer.status === 204) box().close();
  else draw(answer.html);
}

function draw(html) {
  stopLive(box());
  box().innerHTML = html;
  box().setAttribute("role", box().querySelector("[data-alert]") ? "alertdialog" : "dialog");
  if (!box().open) box().showModal();
  watchLive(box());
  document.dispatchEvent(new CustomEvent("desk:drawn", { detail: box() }));
  const wanted = box().querySelector("[autofocus]")
    ?? box().querySelector('[aria-invalid="true"], .hx-dialog__body input:not([type="hidden"])')
    ?? box().querySelector(".hx-dialog__foot .hx-btn--primary")
    ?? box().querySelector(".hx-dialog__foot a, button");
  wanted?.focus();
}

async function send(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const method = (submitter?.getAttribute("formmethod") ?? form.method).toUpperCase();
  const url = submitter?.getAttribute("formaction") ?? form.action;
  const data = new FormData(form, submitter);
  try {
    if (method === "GET") {
      await open(`${url}?${new URLSearchParams(data)}`);
    } else {
      const files = form.enctype === "multipart/form-data";
      changed ||= !form.hasAttribute("data-reads");
      await open(url, { method, body: files ? data : new URLSearchParams(data) });
    }
    if (form.hasAttribute("data-clears")) form.reset();
  } catch {
    // Nothing came back: the same form may be sent again, its key makes that harmless.
    form.querySelector("[data-offline]")?.removeAttribute("hidden");
  } finally {
    delete form.dataset.busy;
  }
}

/** The answer replaces a part of the page: a list that is worked through. */
async function into(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    const answer = await part(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const place = document.querySelector(form.dataset.into);
    place.innerHTML = answer.html;
    document.dispatchEvent(new CustomEvent("desk:drawn", { detail: place }));
    (place.querySelector("[data-yes], [data-focus]") ?? document.getElementById("main")).focus();
  } catch {
    form.querySelector("[data-offline]")?.removeAttribute("hidden");
  } finally {
    delete form.dataset.busy;
  }
}

async function closed() {
  turn += 1;
  stopLive(box());
  box().dispatchEvent(new CustomEvent("desk:emptied", { bubbles: true }));
  box().replaceChildren();
  const back = opener;
  opener = null;
  back?.focus?.();
  if (!changed) return;
  changed = false;
  await refresh();
}
