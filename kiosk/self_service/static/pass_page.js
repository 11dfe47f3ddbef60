// The pass counts down and fetches its successor; a screen that was off fetches one at once.

const main = () => document.getElementById("main");
const AGAIN = 3;

let ends = 0;

function begin(seconds) {
  ends = performance.now() + seconds * 1000;
  tick();
}

function tick() {
  const label = main().querySelector("[data-left]");
  const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  if (label) label.textContent = label.dataset.left.replace("{n}", String(left));
}

async function renew() {
  ends = Infinity;
  try {
    const response = await fetch(location.href, { cache: "no-store",
      signal: AbortSignal.timeout(8000) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = page.getElementById("main");
    if (!next) throw new Error("no pass");
    main().replaceWith(next);
    begin(Number(next.dataset.renew) || AGAIN);
  } catch {
    begin(AGAIN); // a pass lives twice as long as it is shown: this one is still good
  }
}

begin(Number(main().dataset.renew));
setInterval(() => (performance.now() >= ends ? renew() : ends < Infinity && tick()), 500);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && ends < Infinity) renew();
});
