// The code in a photo: chosen from the device, or taken with its camera. Read on the server.

import { csrf } from "./page.js";

const WIDEST = 1600;
const EVERY = 400;
let stream = null;

export function watchPictures() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-code]")) {
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-camera]");
    if (button) start(button);
  });
  document.addEventListener("desk:emptied", stop);
  document.addEventListener("desk:drawn", stop);
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
}

async function start(button) {
  const form = button.form ?? button.closest("form");
  const video = form.querySelector("video");
  const hint = form.querySelector("[data-camera-said]");
  if (stream) {
    stop();
    video.hidden = true;
    return;
  }
  try {
    if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
    stream = await navigator.mediaDevices.getUserMedia(
      { video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch (error) {
    hint.textContent = error.name === "NotAllowedError" ? hint.dataset.blocked : hint.dataset.missing;
    return;
  }
  hint.textContent = hint.dataset.looking;
  video.hidden = false;
  video.srcObject = stream;
  await video.play().catch(() => {});
  look(form, video, stream);
}

async function look(form, video, mine) {
  while (stream === mine) {
    const text = await seen(video);
    if (text && stream === mine) {
      stop();
      form.querySelector('input[name="code"]').value = text;
      form.requestSubmit();
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
}

async function seen(video) {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, WIDEST / video.videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.75); });
  try {
    const answer = await fetch("/api/v1/vouchers/decode-image", {
      method: "POST", body: jpeg, credentials: "same-origin",
      headers: { "Content-Type": "image/jpeg", "X-CSRF-Token": csrf() },
    });
    return answer.ok ? (await answer.json()).data.texts[0] : null;
  } catch {
    return null;
  }
}
