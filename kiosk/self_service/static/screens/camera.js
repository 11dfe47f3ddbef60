// The code held up to the camera: read here where the browser can, else by the server.

import * as api from "../api.js";
import { t } from "../copy.js";
import { h } from "../dom.js";
import { band, choice, list } from "../parts.js";
import { stage } from "../stage.js";

const EVERY = 350;
const SLOW_AFTER = 15000;
const WIDEST = 1280;
const MOST_MISSED = 3;

export class Camera {
  name = "camera";
  idleAfter = 60;
  scans = true;
  state = "starting";

  /** onText(text): a code was seen. onFail(word): there is no picture to look at, or nobody may
   * look. onDown(): the server cannot be reached. */
  constructor({ leave, onText, onFail, onDown, onEntry }) {
    Object.assign(this, { leave, onText, onFail, onDown, onEntry });
    this.missed = 0;
    this.video = h("video", { autoplay: true, playsinline: true, muted: true,
      "aria-label": t("camera.video") });
    this.video.muted = true;
    this.open();
  }

  title() {
    return t("camera.title");
  }

  draw() {
    // A video that was moved in the page stands still until it is told to go on.
    queueMicrotask(() => this.video.play().catch(() => {}));
    return {
      body: [
        band("unused", t(`camera.${this.state}`), { shape: "camera" }),
        h("div.hx-camera", {}, this.video, h("span.hx-camera__frame")),
      ],
      stub: [
        h("h1.hx-kiosk__title", {}, t("camera.title")),
        h("p.hx-kiosk__lead", {}, t("camera.lead")),
        h("h2.hx-kiosk__ask", {}, t("camera.ask")),
        list({}, choice("entry", { shape: "keypad", title: t("home.type"),
          gives: t("home.type_hint"), onclick: this.onEntry })),
      ],
    };
  }

  async open() {
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotFoundError");
      this.stream = await navigator.mediaDevices.getUserMedia(
        { video: { facingMode: "environment", width: { ideal: WIDEST } } });
    } catch (error) {
      if (!this.closed) {
        this.onFail(error.name === "NotAllowedError" ? "camera_blocked" : "camera_missing");
      }
      return;
    }
    if (this.closed) return this.close();
    const [track] = this.stream.getVideoTracks();
    this.video.toggleAttribute("data-mirror", track.getSettings().facingMode !== "environment");
    this.video.srcObject = this.stream;
    this.become("looking");
    setTimeout(() => this.become("slow"), SLOW_AFTER);
    this.look();
  }

  become(state) {
    if (this.closed || this.state === state) return;
    this.state = state;
    stage.redraw();
    stage.say(t(`camera.${state}`));
  }

  async look() {
    const seen = "BarcodeDetector" in window ? await detector() : null;
    while (!this.closed) {
      const text = await (seen ? this.detect(seen) : this.ask());
      if (text && !this.closed) return this.onText(text);
      await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    }
  }

  async detect(seen) {
    try {
      return (await seen.detect(this.video))[0]?.rawValue;
    } catch {
      return this.ask();
    }
  }

  async ask() {
    const jpeg = await this.frame();
    if (!jpeg || this.closed) return null;
    try {
      const [text] = await api.decode(jpeg);
      this.missed = 0;
      return text;
    } catch (error) {
      if (this.closed) return null;
      if (error instanceof api.Refused) {
        if (error.word === "not_signed_in") this.onFail(error.word);
        return null;
      }
      this.missed += 1;
      if (this.missed === MOST_MISSED) this.onDown();
      return null;
    }
  }

  frame() {
    const { videoWidth, videoHeight } = this.video;
    if (!videoWidth) return null;
    const scale = Math.min(1, WIDEST / videoWidth);
    const canvas = h("canvas", { width: Math.round(videoWidth * scale),
      height: Math.round(videoHeight * scale) });
    canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.7); });
  }

  close() {
    this.closed = true;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}

async function detector() {
  const formats = await window.BarcodeDetector.getSupportedFormats();
  const wanted = ["qr_code", "code_128"].filter((format) => formats.includes(format));
  return wanted.length === 2 ? new window.BarcodeDetector({ formats: wanted }) : null;
}
