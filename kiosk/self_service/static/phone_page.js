// The phone's page asks for itself again and swaps its ticket when something changed.

const EVERY = 1500;
const DOWN = 5000;

const main = () => document.getElementById("main");
let tag = null;

function count() {
  const waited = document.querySelector("[data-since]");
  if (!waited) return;
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(waited.dataset.since)) / 1000));
  waited.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tell(text) {
  let line = document.getElementById("network");
  if (!line) {
    line = document.createElement("p");
    line.id = "network";
    line.className = "hx-note";
    line.setAttribute("role", "alert");
    main().append(line);
  }
  line.textContent = text;
}

async function ask() {
  let wait = EVERY;
  try {
    const response = await fetch(location.href, { cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {}, signal: AbortSignal.timeout(8000) });
    document.getElementById("network")?.remove();
    if (response.ok) {
      tag = response.headers.get("ETag");
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.getElementById("main");
      if (next && next.innerHTML !== main().innerHTML) main().replaceWith(next);
    }
  } catch {
    tell(document.documentElement.dataset.offline);
    wait = DOWN;
  }
  if (main().dataset.settled !== "true") setTimeout(ask, document.hidden ? DOWN : wait);
}

setInterval(count, 1000);
if (main().dataset.settled !== "true") setTimeout(ask, EVERY);
