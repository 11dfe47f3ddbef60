// Four quiet cues (mock-ups' README): scanned, done, needs you, idle. All under -12 dB; none on a
// machine whose start address says sound=off.

const LOUDNESS = 0.2;
let context = null;

/** Browsers open sound only after a touch, unless the kiosk is started with it allowed. */
export function unlock() {
  context ??= "AudioContext" in window ? new AudioContext() : null;
  if (context?.state === "suspended") context.resume();
}

function note(hertz, milliseconds, after = 0) {
  if (document.body.dataset.sound === "off") return;
  unlock();
  if (context?.state !== "running") return;
  const start = context.currentTime + after / 1000;
  const end = start + milliseconds / 1000;
  const oscillator = new OscillatorNode(context, { frequency: hertz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.005);
  volume.gain.setValueAtTime(LOUDNESS, end - 0.02);
  volume.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}

export const scanned = () => note(1200, 60);

export function done() {
  note(660, 90);
  note(880, 90, 100);
}

export const needsYou = () => note(330, 140);

export const idle = () => note(1200, 60);
