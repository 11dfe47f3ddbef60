// The REST door. Every call ends in data, in Refused (the server said no, and why) or in
// Unreachable (no answer we can trust).

import { currentLanguage } from "./copy.js";
import * as keep from "./keep.js";

const PATIENCE = 8000;

/** The server's "no": `word` is stable, `facts` feed the sentence. */
export class Refused extends Error {
  constructor(word, facts = {}, message = "") {
    super(word);
    this.word = word;
    this.facts = facts;
    this.sentence = message;
  }
}

/** No network, no server, or an answer that is not ours. */
export class Unreachable extends Error {}

/** A fresh idempotency key. (crypto.randomUUID exists on https pages only.) */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function call(method, path, { json, body, key, tag, anonymous } = {}) {
  const headers = { Accept: "application/json", "Accept-Language":
    currentLanguage() === "zh" ? "zh-CN" : "en" };
  const token = keep.token();
  if (token && !anonymous) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  if (tag) headers["If-None-Match"] = tag;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  else if (body) headers["Content-Type"] = body.type;
  let response;
  let answer = null;
  try {
    response = await fetch(`${path.startsWith("/pricing/") ? "/api" : "/api/v1"}${path}`, {
      method, headers, body: json === undefined ? body : JSON.stringify(json),
      cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    if (response.status === 304) return { tag, unchanged: true };
    answer = await response.json();
  } catch {
    throw new Unreachable(path);
  }
  if (!response.ok && typeof answer?.error !== "string") throw new Unreachable(path);
  if (!response.ok) throw new Refused(answer.error, answer.facts ?? {}, answer.message ?? "");
  return { data: answer.data, tag: response.headers.get("ETag") };
}

async function post(path, json = {}, options = {}) {
  return (await call("POST", path, { json, ...options })).data;
}

export const inspect = (code) => post("/redemptions/inspect", { code });

/** `more`: a phone, and how many uses the choices are for. */
export const refine = (inspection, more) => post("/redemptions/inspect", { inspection, ...more });

/** Send a request. A broken server leaves the outcome open: that is Unreachable, not a "no". */
export async function request(body, key) {
  try {
    return await post("/redemptions", body, { key });
  } catch (error) {
    if (error instanceof Refused && UNSURE.has(error.word)) throw new Unreachable(error.word);
    throw error;
  }
}

const UNSURE = new Set(["internal_error", "platform_unknown", "error"]);

/** {data, tag}, or {unchanged: true} when the tag still holds. */
export const view = (ref, tag) => call("GET", `/redemptions/${encodeURIComponent(ref)}`, { tag });

export const withdraw = (ref, key) =>
  post(`/redemptions/${encodeURIComponent(ref)}/withdraw`, {}, { key });

export const remind = (ref, key) =>
  post(`/redemptions/${encodeURIComponent(ref)}/remind`, {}, { key });

/** What this kiosk's venue sells; its own price of a product stands for every venue's. */
export async function products() {
  const { data } = await call("GET", "/pricing/config/products");
  const best = new Map();
  for (const each of data) {
    const key = `${each.productType}:${each.productId}`;
    if (!best.has(key) || each.scenicId) best.set(key, each);
  }
  return [...best.values()];
}

export const price = (cart) => post("/pricing/calculate", cart);

/** Settle a quote as it was shown. A broken server leaves it open, as with `request`. */
export async function checkout(cart, key) {
  try {
    return await post("/pricing/checkout", cart, { key });
  } catch (error) {
    if (error instanceof Refused && UNSURE.has(error.word)) throw new Unreachable(error.word);
    throw error;
  }
}

export const order = async (no) =>
  (await call("GET", `/pricing/orders/${encodeURIComponent(no)}`)).data;

export const cancelOrder = (no, key) =>
  post(`/pricing/orders/${encodeURIComponent(no)}/cancel`, {}, { key });

/** The texts of the codes in a JPEG. */
export const decode = async (jpeg) =>
  (await call("POST", "/vouchers/decode-image", { body: jpeg })).data.texts;

export const pair = (code) => post("/kiosks/pair", { pairing_code: code }, { anonymous: true });

export const heartbeat = () => post("/kiosks/heartbeat");

export const callStaff = () => post("/kiosks/call-staff");

/** Count the visit of whoever shows this pass; the same pass again is the same visit. */
export const visit = (text) => post("/visits", { text });

/** A QR code that a phone goes on with: {id, picture, expires_at}. */
export const handOver = (inspection) => post("/kiosks/handovers", { inspection });

/** How far that phone is: {state, ticket}. */
export const handedOver = async (id) => (await call("GET", `/kiosks/handovers/${id}`)).data;

/** Nobody took it: the code is void. */
export const keepHere = () => call("DELETE", "/kiosks/handovers");
