// The phone's own camera reads the code; a chosen picture goes off by itself. Without a script the
// form works as it stands.

import * as seeing from "./seeing.js";

const button = document.querySelector("[data-camera]");
const form = button.form;
const box = document.querySelector("[data-camera-box]");
const said = document.querySelector("[data-camera-said]");
const video = box.querySelector("video");
let stream = null;

button.hidden = false;
form.elements.image.classList.add("hx-visually-hidden"); // its label is the button
button.addEventListener("click", () => (stream ? stop() : start()));
form.elements.image.addEventListener("change", () => form.requestSubmit());
addEventListener("pagehide", stop);

function stop() {
  seeing.stop(stream);
  stream = null;
  box.hidden = true;
  button.setAttribute("aria-expanded", "false");
  said.textContent = "";
}

async function start() {
  try {
    stream = await seeing.open();
  } catch (error) {
    said.textContent = error.name === "NotAllowedError" ? said.dataset.blocked
      : said.dataset.missing;
    return;
  }
  const mine = stream;
  said.textContent = said.dataset.looking;
  box.hidden = false;
  button.setAttribute("aria-expanded", "true");
  video.srcObject = mine;
  await video.play().catch(() => {});
  const text = await seeing.firstCode(video, ask, () => stream !== mine);
  if (!text) return;
  stop();
  form.elements.code.value = text;
  form.requestSubmit();
}

async function ask(jpeg) {
  try {
    const response = await fetch("/m/use/photo", { method: "POST", body: jpeg,
      headers: { "Content-Type": "image/jpeg" }, signal: AbortSignal.timeout(8000) });
    return response.ok ? (await response.json()).texts[0] : null;
  } catch {
    said.textContent = document.documentElement.dataset.offline;
    return null;
  }
}
