// Keeps the empty page on the machine, so that a kiosk that starts without a network can say so
// itself. The page holds nothing of anybody; what members see is never kept here.

const KEPT = "hx-kiosk";
const PAGE = "/kiosk";
const ASSETS = "/assets/self_service/";

/** The page as it is now, with every file it names; what it no longer names goes. */
async function keep(response) {
  const cache = await caches.open(KEPT);
  const text = await response.clone().text();
  const named = [...new Set(text.match(/\/assets\/self_service\/[^"]+/g))];
  const held = (await cache.keys()).map((request) => new URL(request.url).pathname);
  await cache.addAll(named.filter((path) => !held.includes(path)));
  await cache.put(PAGE, response);
  const gone = held.filter((path) => path !== PAGE && !named.includes(path));
  await Promise.all(gone.map((path) => cache.delete(path)));
}

async function page(event) {
  try {
    const response = await fetch(event.request);
    if (response.ok) event.waitUntil(keep(response.clone()));
    return response.ok ? response : (await caches.match(PAGE)) ?? response;
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(PAGE).then(keep));
});

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (pathname.startsWith(ASSETS)) event.respondWith(asset(event.request));
});
