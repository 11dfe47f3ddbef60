// Asking the server for a part of a page.

const PART = "X-Desk-Part";

/** The HTML behind an address, without its frame. Signed out: the whole page goes to sign in. */
export async function part(url, { method = "GET", body, tag } = {}) {
  const headers = { [PART]: "1", Accept: "text/html" };
  if (tag) headers["If-None-Match"] = tag;
  const answer = await fetch(url, { method, body, headers, credentials: "same-origin" });
  if (answer.status === 401) {
    location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return new Promise(() => {});
  }
  return {
    status: answer.status, ok: answer.ok, html: answer.status === 304 ? "" : await answer.text(),
    tag: answer.headers.get("ETag"), url: answer.url, redirected: answer.redirected,
  };
}

/** The page behind the dialog may show what has just changed: fetch it anew, keep the focus. */
export async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = document.getElementById("main");
  const next = fresh.getElementById("main");
  if (!main || !next) return;
  const held = document.activeElement;
  const name = held?.id || held?.getAttribute?.("href");
  main.replaceChildren(...next.childNodes);
  document.dispatchEvent(new CustomEvent("desk:drawn", { detail: main }));
  if (held?.isConnected || !name) return;
  const again = document.getElementById(name)
    ?? [...main.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === name);
  again?.focus();
}

/** Tell those who listen to the page what has happened. */
export function say(text) {
  const place = document.getElementById("say");
  if (place && place.textContent !== text) place.textContent = text;
}

export const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";
