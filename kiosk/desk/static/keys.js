// The three daily actions from anywhere: F2 scan or type a code, F4 find a voucher, F8 what waits
// for a yes. A scanner gun types faster than any person: wherever the focus is, its text goes to
// the scan box and is sent.

const FAST = 45;
const SHORTEST = 8;
const SILENCE = 150;

let burst = null;
let timer = 0;

const KEYS = {
  F2: () => take(document.getElementById("scan")),
  F4: () => take(document.querySelector('#main [name="keyword"]')) || go("/desk/vouchers?find=1"),
  F8: () => go("/desk/waiting"),
};

export function watchKeys() {
  document.addEventListener("keydown", (event) => {
    const plain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
    if (plain && KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    } else {
      listen(event);
    }
  }, { capture: true });
}

function take(field) {
  if (!field) return false;
  document.getElementById("box")?.close();
  field.focus();
  field.select();
  return true;
}

function go(address) {
  location.assign(address);
}

function listen(event) {
  if (event.isComposing || event.altKey || event.metaKey || event.ctrlKey) return;
  if (event.key === "Enter") {
    if (burst && event.timeStamp - burst.last < SILENCE) ended(event);
  } else if (event.key.length === 1) {
    typed(event);
  }
}

/** Judged as a whole, not key by key: a busy machine may stutter in the middle of a code. */
function typed(event) {
  if (!burst || event.timeStamp - burst.last > SILENCE) {
    const field = document.activeElement?.matches("input, textarea, select") ? document.activeElement : null;
    burst = { text: "", first: event.timeStamp, field, before: field?.value };
  }
  burst.text += event.key;
  burst.last = event.timeStamp;
  clearTimeout(timer);
  timer = setTimeout(ended, SILENCE);
}

function ended(enter) {
  clearTimeout(timer);
  const { text, first, last, field, before } = burst;
  burst = null;
  if (text.length < SHORTEST || (last - first) / (text.length - 1) > FAST) return;
  if (field?.matches('input[name="code"]')) {
    // A gun that types into a code field is where it should be; its Enter sends it, or we do.
    if (!enter && field.isConnected) field.form.requestSubmit();
    return;
  }
  const scan = document.getElementById("scan");
  if (!scan) return;
  enter?.preventDefault();
  enter?.stopPropagation();
  if (field) field.value = before;
  document.dispatchEvent(new CustomEvent("desk:scanned"));
  scan.value = text;
  scan.form.requestSubmit();
}
