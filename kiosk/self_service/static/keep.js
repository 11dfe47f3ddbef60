// What outlives a reload: the device's token, its name, and the ticket under way. Nothing personal
// is kept but the ticket's reference, and that only until the story ends or the member leaves.

const TOKEN = "hx.token";
const KIOSK = "hx.kiosk";
const OPEN = "hx.open";
const SENDING = "hx.sending";
const ORDER = "hx.order";
const BUYING = "hx.buying";
const STALE_AFTER = 15 * 60 * 1000;

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

export function token() {
  return localStorage.getItem(TOKEN);
}

export function setToken(value) {
  if (value) localStorage.setItem(TOKEN, value);
  else localStorage.removeItem(TOKEN);
}

/** The demo hands the token over once in the fragment; it is taken and wiped from the address. */
export function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) setToken(given);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}

export function kiosk() {
  return read(localStorage, KIOSK) ?? {};
}

export function setKiosk(value) {
  localStorage.setItem(KIOSK, JSON.stringify(value));
}

/** Remember the ticket under way. Session storage survives a reload, local storage a power cut. */
export function openTicket(view) {
  const kept = JSON.stringify({ ref: view.ref, ticket: view.ticket, at: Date.now() });
  sessionStorage.setItem(OPEN, kept);
  localStorage.setItem(OPEN, kept);
}

/** The ticket to go on with after a reload, unless it is older than a quarter of an hour. */
export function ticketLeftOpen() {
  const kept = read(sessionStorage, OPEN) ?? read(localStorage, OPEN);
  return kept && Date.now() - kept.at < STALE_AFTER ? kept : null;
}

/** A request on its way, so that a reload before its answer repeats it under the same key. */
export function sending(attempt) {
  sessionStorage.setItem(SENDING, JSON.stringify({ ...attempt, at: Date.now() }));
}

export function attemptLeftOpen() {
  const kept = read(sessionStorage, SENDING);
  return kept && Date.now() - kept.at < STALE_AFTER ? kept : null;
}

export function sent() {
  sessionStorage.removeItem(SENDING);
}

/** The same for an order: its number while it is unpaid, and a checkout on its way. */
export function openOrder(orderNo) {
  const kept = JSON.stringify({ orderNo, at: Date.now() });
  sessionStorage.setItem(ORDER, kept);
  localStorage.setItem(ORDER, kept);
}

/** An order waits for its money for half an hour; afterwards the server has cancelled it. */
export function orderLeftOpen() {
  const kept = read(sessionStorage, ORDER) ?? read(localStorage, ORDER);
  return kept && Date.now() - kept.at < 2 * STALE_AFTER ? kept : null;
}

export function buying(attempt) {
  sessionStorage.setItem(BUYING, JSON.stringify({ ...attempt, at: Date.now() }));
}

export function checkoutLeftOpen() {
  const kept = read(sessionStorage, BUYING);
  return kept && Date.now() - kept.at < STALE_AFTER ? kept : null;
}

export function bought() {
  sessionStorage.removeItem(BUYING);
}

/** Everything of this member. */
export function forget() {
  for (const store of [sessionStorage, localStorage]) {
    store.removeItem(OPEN);
    store.removeItem(ORDER);
  }
  sent();
  bought();
}
