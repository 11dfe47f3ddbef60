// The kiosk page: wires keys, footer, language, idle and heartbeat to the flow, and starts it.

import * as api from "./api.js";
import { currentLanguage, errorCopy, load, otherLanguage, setLanguage, t } from "./copy.js";
import { Flow } from "./flow.js";
import { useZone } from "./format.js";
import { Idle } from "./idle.js";
import * as keep from "./keep.js";
import { Scanner } from "./scanner.js";
import { Entry } from "./screens/entry.js";
import { Home } from "./screens/home.js";
import { clearSlip } from "./slip.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

const HEARTBEAT = 60000;
const CALL_AGAIN = 20000;
const RENEW = 10 * 60 * 1000;
const LANGUAGE_STAYS = 60;
const FIRST_LANGUAGE = document.documentElement.lang === "en" ? "en" : "zh";

keep.takeTokenFromAddress();
await load({ zh: new URL("copy/zh.json", import.meta.url),
  en: new URL("copy/en.json", import.meta.url) });
setLanguage(FIRST_LANGUAGE);

const byId = (id) => document.getElementById(id);
const flow = new Flow({ goHome, onUnpaired: () => pairing("pairing.again") });
const home = new Home([...byId("main").children],
  { onCamera: () => flow.camera(), onType: (typed) => flow.type(typed), onBuy: () => flow.buy() });
const idle = new Idle(() => flow.leave());

stage.onShow = () => (idle.warning ? idle.dismiss() : idle.touch());

function goHome() {
  clearSlip();
  if (currentLanguage() !== FIRST_LANGUAGE) speak(FIRST_LANGUAGE);
  history.replaceState(null, "", location.pathname + location.search);
  stage.show(home);
}

function speak(language) {
  setLanguage(language);
  for (const element of document.querySelectorAll("[data-shell] [data-t], .hx-skip")) {
    element.textContent = t(element.dataset.t);
  }
  byId("language").lang = otherLanguage() === "zh" ? "zh-CN" : "en";
  nameKiosk();
}

function nameKiosk() {
  const kiosk = keep.kiosk();
  useZone(kiosk.venue?.zone);
  byId("brand").textContent = kiosk.venue?.brand || t("brand");
  byId("place").textContent = [kiosk.venue?.name, kiosk.name].filter(Boolean).join(" · ");
  home.offerCart(Boolean(kiosk.venue?.kiosk_cart));
}

/** Without a token the machine can do one thing: be paired. */
function pairing(lead = "pairing.lead") {
  keep.setToken(null);
  stage.show(new Entry({ copy: "pairing", letters: false, lead, leave: null,
    onDone: (code) => flow.run(() => pair(code)) }));
}

async function pair(code) {
  stage.lock();
  try {
    const paired = await flow.reach(() => api.pair(code));
    keep.setToken(paired.token);
    keep.setKiosk(paired.kiosk);
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
    pairing();
    stage.note(errorCopy(error.word, error.facts).title);
    return;
  }
  nameKiosk();
  goHome();
  stage.note(t("pairing.done"));
}

async function heartbeat() {
  if (!keep.token() || document.hidden) return;
  const beat = async () => {
    const { kiosk } = await api.heartbeat();
    keep.setKiosk(kiosk);
    nameKiosk();
  };
  try {
    await beat();
  } catch (error) {
    if (error instanceof api.Refused) {
      if (error.word === "not_signed_in") pairing("pairing.again");
    } else if (stage.current === home) {
      await flow.run(() => flow.reach(beat));
      if (stage.current.name === "offline") goHome();
    }
  }
}

/** A kiosk runs for months: it takes up a new version of its page when nobody is there. */
async function renew() {
  if (stage.current !== home || idle.quiet < LANGUAGE_STAYS) return;
  const page = await fetch(location.href, { cache: "no-store" }).then(
    (response) => (response.ok ? response.text() : null), () => null);
  const mine = new URL(import.meta.url).pathname;
  if (page && !page.includes(mine) && stage.current === home) location.reload();
}

async function callStaff() {
  const button = byId("call");
  button.disabled = true;
  byId("call-text").textContent = t("calling");
  try {
    await api.callStaff();
    stage.note(t("called"));
  } catch (error) {
    if (error instanceof api.Refused && error.word === "not_signed_in") return pairing();
    stage.note(t("call_failed"));
  } finally {
    byId("call-text").textContent = t("call");
    setTimeout(() => { button.disabled = false; }, CALL_AGAIN);
  }
}

const scanner = new Scanner({
  onScan: (text) => { idle.touch(); flow.read(text); },
  onType: (key) => !idle.warning && Boolean(stage.current.type?.(key)),
  onTaken: (count) => stage.current.erase?.(count),
});
scanner.listen(window);

addEventListener("keydown", (event) => {
  if (idle.warning || event.defaultPrevented) return;
  const onControl = document.activeElement?.matches("button, a, summary");
  if (event.key === "Escape") stage.current.leave?.act();
  else if (event.key === "Backspace") stage.current.erase?.(1);
  else if (event.key === "Enter" && (scanner.typing || !onControl) && stage.current.submit) {
    event.preventDefault();
    stage.current.submit();
  }
});

addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text") ?? "";
  if (!text.trim() || idle.warning) return;
  event.preventDefault();
  if (stage.current.paste) stage.current.paste(text);
  else flow.read(text);
});

addEventListener("pointerdown", () => sound.unlock(), { once: true });
addEventListener("offline", heartbeat);
addEventListener("hashchange", () => location.reload());
addEventListener("contextmenu", (event) => event.preventDefault());
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/kiosk/worker.js", { scope: "/kiosk" });
}
byId("call").addEventListener("click", callStaff);
byId("language").addEventListener("click", () => {
  speak(otherLanguage());
  stage.redraw();
  flow.relanguage();
});
setInterval(heartbeat, HEARTBEAT);
setInterval(() => {
  const left = stage.current === home && idle.quiet > LANGUAGE_STAYS;
  if (left && currentLanguage() !== FIRST_LANGUAGE) goHome();
}, 5000);
setInterval(renew, RENEW);

speak(FIRST_LANGUAGE);
if (!keep.token()) {
  pairing();
} else if (!flow.resume()) {
  stage.show(home);
}
heartbeat();
document.documentElement.dataset.ready = "";
