// A scanner gun is a fast typist: most of its keys are less than 60 ms apart. A scan ends with
// Enter, Tab, a line feed (Ctrl+J), or just silence. A person's keys go to the screen; where the
// screen has no use for them and Enter follows, it was a slow (radio) scanner after all.

const GAP = 60;
const MOSTLY = 0.6;
const PAUSE = 500;
const SILENCE = 120;
const SHORTEST = 6;
const SAME_AGAIN = 2000;
const TYPING_FOR = 3000;

export class Scanner {
  /**
   * onScan(text): a whole scan. onType(key): a single character of a person; whether it was taken.
   * onTaken(count): the last `count` characters that onType took belonged to a scan after all.
   */
  constructor({ onScan, onType, onTaken }) {
    Object.assign(this, { onScan, onType, onTaken });
    this.last = -Infinity;
    this.typedAt = -Infinity;
    this.before = { text: "", at: -Infinity };
    this.reset();
  }

  listen(target) {
    target.addEventListener("keydown", (event) => this.key(event), { capture: true });
  }

  /** Whether somebody has just typed a character that the screen took. */
  get typing() {
    return performance.now() - this.typedAt < TYPING_FOR;
  }

  key(event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const lineFeed = event.ctrlKey && event.key.toLowerCase() === "j";
    if (event.ctrlKey && !lineFeed) return;
    if (event.timeStamp - this.last >= PAUSE) this.reset();
    if (event.key === "Enter" || event.key === "Tab" || lineFeed) {
      const scan = this.fast || (this.burst.length >= SHORTEST && !this.taken);
      if (scan || lineFeed) swallow(event);
      if (scan) this.finish(this.burst);
      else this.reset();
    } else if (event.key.length === 1) {
      this.character(event);
    }
  }

  /** Whether the burst so far can only come from a machine. */
  get fast() {
    return this.burst.length >= SHORTEST
      && this.close >= MOSTLY * (this.burst.length - 1);
  }

  character(event) {
    if (event.timeStamp - this.last < GAP && this.burst) this.close += 1;
    this.last = event.timeStamp;
    this.burst += event.key;
    clearTimeout(this.timer);
    if (this.fast) {
      if (this.taken) this.onTaken(this.taken);
      this.taken = 0;
      this.timer = setTimeout(() => this.finish(this.burst), SILENCE);
    } else if (this.onType(event.key)) {
      this.taken += 1;
      this.typedAt = performance.now();
    }
    // A space within a scan must not press the button that has the focus.
    if (this.burst.length > 1 || event.key !== " ") swallow(event);
  }

  finish(text) {
    this.reset();
    const now = performance.now();
    const again = text === this.before.text && now - this.before.at < SAME_AGAIN;
    this.before = { text, at: now };
    if (!again) this.onScan(text);
  }

  reset() {
    clearTimeout(this.timer);
    this.burst = "";
    this.close = 0;
    this.taken = 0;
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
