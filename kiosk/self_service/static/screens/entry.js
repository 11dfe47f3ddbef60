// A code typed by hand: a voucher's, or a kiosk's pairing code.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { codeGroups } from "../format.js";
import { button, keypad, row } from "../parts.js";
import { stage } from "../stage.js";

const SHORTEST = 4;
const LONGEST = 40;

export class Entry {
  idleAfter = 60;
  scans = true;

  /** copy: the prefix of its texts (entry or pairing); onDone(code); onPaste(text). */
  constructor({ copy, typed = "", letters = false, lead, leave, onDone, onPaste }) {
    this.name = copy;
    this.copy = copy;
    this.code = "";
    this.letters = letters;
    this.lead = lead;
    this.leave = leave;
    this.onDone = onDone;
    this.onPaste = onPaste;
    for (const character of typed) this.add(character);
    if (copy === "pairing") {
      this.idleAfter = null;
      this.scans = false;
    }
  }

  title() {
    return t(`${this.copy}.title`);
  }

  draw() {
    this.shown = h("p.hx-entry", { role: "textbox", "aria-readonly": "true" });
    this.go = button("go", "primary", t(`${this.copy}.go`), () => this.submit(),
      { after: "right", block: true });
    this.wipe = button("clear", "plain", t("key.clear"), () => this.clear());
    this.refresh();
    return {
      body: h("div.hx-kiosk__middle", {},
        h("h1.hx-kiosk__title", {}, t(`${this.copy}.title`)),
        h("p.hx-kiosk__lead", {}, t(this.lead ?? `${this.copy}.lead`)),
        this.shown),
      stub: [
        keypad(this, { letters: this.letters, onLetters: () => this.turn() }),
        row(this.wipe, this.onPaste && navigator.clipboard?.readText
          && button("paste", "plain", t("entry.paste"), () => this.readClipboard())),
        this.go,
      ],
    };
  }

  /** Only what changed: a key that is being pressed must not be replaced under the finger. */
  refresh() {
    const typed = { code: [...this.code].join(" ") };
    this.shown.setAttribute("aria-label",
      this.code ? t(`${this.copy}.typed`, typed) : t(`${this.copy}.empty`));
    this.shown.toggleAttribute("data-empty", !this.code);
    this.shown.replaceChildren(...codeGroups(this.code).map((group) => h("span", {}, group)));
    this.go.disabled = this.code.length < SHORTEST;
    this.wipe.disabled = !this.code;
  }

  turn() {
    this.letters = !this.letters;
    stage.redraw();
  }

  add(character) {
    if (!/[0-9a-z]/i.test(character) || this.code.length >= LONGEST) return false;
    this.code += character.toUpperCase();
    return true;
  }

  type(character) {
    const taken = this.add(character);
    if (taken) this.refresh();
    return taken;
  }

  erase(count = 1) {
    this.code = this.code.slice(0, Math.max(0, this.code.length - count));
    this.refresh();
  }

  clear() {
    this.code = "";
    this.refresh();
  }

  async readClipboard() {
    try {
      this.paste(await navigator.clipboard.readText());
    } catch {
      stage.note(t("entry.paste_failed"));
    }
  }

  takes(text) {
    return this.copy === "pairing" && /^[0-9a-z]{8}$/i.test(text);
  }

  /** A plain code is shown for a last look; anything longer is read at once. */
  paste(text) {
    const plain = text.trim().replace(/[\s-]/g, "");
    if (/^[0-9a-z]{4,40}$/i.test(plain)) {
      this.code = plain.toUpperCase();
      this.refresh();
    } else if (this.onPaste && text.trim()) {
      this.onPaste(text);
    }
  }

  submit() {
    if (this.code.length >= SHORTEST && !stage.locked) this.onDone(this.code);
  }
}
