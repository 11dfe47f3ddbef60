// The code held up to the camera: read here where the browser can, else by the server.

import * as api from "../api.js";
import { t } from "../copy.js";
import { h } from "../dom.js";
import { band, choice, list } from "../parts.js";
import * as seeing from "../seeing.js";
import { stage } from "../stage.js";

const SLOW_AFTER = 15000;
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
      this.stream = await seeing.open();
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
    const text = await seeing.firstCode(this.video, (jpeg) => this.ask(jpeg), () => this.closed);
    if (text) this.onText(text);
  }

  become(state) {
    if (this.closed || this.state === state) return;
    this.state = state;
    stage.redraw();
    stage.say(t(`camera.${state}`));
  }

  async ask(jpeg) {
    if (this.closed) return null;
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

  close() {
    this.closed = true;
    seeing.stop(this.stream);
    this.video.srcObject = null;
  }
}
