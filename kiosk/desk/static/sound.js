// Somebody is waiting: a soft double knock. Off where this device's owner has switched it off.

const KEY = "hx-desk-quiet";

export const quiet = () => localStorage.getItem(KEY) === "1";
export const setQuiet = (on) => localStorage.setItem(KEY, on ? "1" : "0");

export function knock() {
  if (quiet()) return;
  const context = new AudioContext();
  for (const at of [0, 0.18]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = 220;
    volume.gain.setValueAtTime(0.12, context.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + at + 0.12);
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.13);
  }
  setTimeout(() => context.close(), 600);
}
