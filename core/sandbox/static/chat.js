// The demo's chat: polls for what is new, shows one person's talk, and acts as that person.
import { el, messageBody } from "./cards.js";

const POLL = 400;
const byId = (id) => document.getElementById(id);
const people = [];
const messages = new Map(); // id → message, newest version
const unread = new Map();
let menus = {};
let current = new URLSearchParams(location.search).get("user");
let seq = 0;
let asked = 0;

async function call(path, options = {}) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `HTTP ${answer.status}`);
  return body;
}

const send = (path, body, method = "POST") => call(path, {
  method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

// Run something that talks to the bot; what goes wrong is said, not swallowed.
async function act(work) {
  byId("trouble").hidden = true;
  asked += 1;
  byId("log").setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    byId("trouble").textContent = `机器人没接上：${error.message}`;
    byId("trouble").hidden = false;
    return null;
  } finally {
    asked -= 1;
    if (asked === 0) byId("log").removeAttribute("aria-busy");
    await poll();
  }
}

const say = (text) => act(() => send("/_sandbox/chat/say", { userid: current, text }));
const actions = {
  say,
  click: (task, key, button) => {
    button.disabled = true;
    return act(() => send("/_sandbox/chat/click", { userid: current, task_id: task, key }))
      .finally(() => { button.disabled = false; });
  },
};

function clockText(at) {
  return new Date(at * 1000).toLocaleTimeString("zh-CN", {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
}

function showMessage(message) {
  const name = people.find((one) => one.userid === message.userid)?.name ?? "群";
  const avatar = message.from === "user" ? name.slice(0, 1) : "核";
  return el("div", { class: "msg", "data-testid": "chat-message", "data-id": message.id,
    "data-from": message.from, "data-kind": message.kind, "data-task-id": message.task_id || undefined },
  message.from === "system" ? null : el("span", { class: "avatar", "aria-hidden": "true" }, avatar),
  messageBody(message, actions));
}

// Redraw only what changed, so that a button under a finger stays the same element.
function showTalk(changed) {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  let grew = false;
  for (const message of changed.filter((one) => one.userid === current)) {
    const drawn = log.querySelector(`[data-id="${message.id}"]`);
    if (drawn) drawn.replaceWith(showMessage(message));
    else {
      const time = clockText(message.at);
      if (log.dataset.time !== time) {
        log.append(el("p", { class: "time" }, time));
        log.dataset.time = time;
      }
      log.append(showMessage(message));
      grew = true;
    }
  }
  if (grew && atEnd) log.scrollTop = log.scrollHeight;
}

async function poll() {
  let news;
  try {
    news = await call(`/_sandbox/chat/messages?since=${seq}`);
  } catch {
    return; // the sandbox is restarting; the next poll will tell
  }
  const changed = news.messages.filter((one) => one.seq > seq);
  seq = Math.max(seq, news.seq);
  for (const message of changed) {
    const fresh = !messages.has(message.id);
    messages.set(message.id, message);
    if (fresh && message.from !== "user" && message.userid !== current) {
      unread.set(message.userid, (unread.get(message.userid) ?? 0) + 1);
    }
  }
  if (changed.length) {
    showTalk(changed);
    showPeople();
  }
}

function showPeople() {
  const list = byId("people");
  list.replaceChildren();
  let channel = people[0]?.channel;
  for (const one of people) {
    if (one.channel !== channel) list.append(el("hr"));
    channel = one.channel;
    const count = unread.get(one.userid) ?? 0;
    list.append(el("button", { type: "button", class: "person", "data-testid": "chat-person",
      "data-userid": one.userid, "aria-current": one.userid === current ? "true" : undefined,
      onclick: () => become(one.userid) },
    el("span", { class: "avatar", "aria-hidden": "true" }, one.name.slice(0, 1)),
    el("span", {}, el("b", {}, one.name), el("small", {}, one.title)),
    count ? el("span", { class: "person__count", "aria-label": `${count} 条没看` }, String(count)) : null));
  }
}

function leaves(buttons) {
  return buttons.flatMap((one) => (one.sub_button?.length ? one.sub_button : [one]));
}

function showMenu(channel) {
  const shown = leaves(menus[channel] ?? []).filter((one) => one.type !== "miniprogram");
  byId("menu").hidden = shown.length === 0;
  byId("menu").replaceChildren(...shown.map((one) => el("button", {
    type: "button", class: "btn btn--plain", "data-testid": "chat-menu-button", "data-key": one.key,
    onclick: () => press(one) }, one.name)));
}

// A scan menu "scans" what stands in the input box.
function press(button) {
  if (button.type === "view") {
    window.open(button.url, "_blank", "noreferrer");
    return;
  }
  const event = button.type === "click" ? "CLICK" : button.type;
  const result = event.startsWith("scancode_") ? byId("text").value.trim() : "";
  if (event.startsWith("scancode_") && !result) {
    byId("text").placeholder = "要扫的内容填在这里，再点一次";
    byId("text").focus();
    return;
  }
  byId("text").value = "";
  act(() => send("/_sandbox/chat/event", { userid: current, event, key: button.key ?? "", result }));
}

function become(userid) {
  const one = people.find((person) => person.userid === userid) ?? people[0];
  current = one.userid;
  unread.delete(current);
  byId("user").value = current;
  byId("who").textContent = one.channel === "robot" ? one.title : `你现在是 ${one.name}，${one.title}`;
  byId("log").replaceChildren();
  delete byId("log").dataset.time;
  showPeople();
  showMenu(one.channel);
  showTalk([...messages.values()].sort((a, b) => a.id - b.id));
  byId("log").scrollTop = byId("log").scrollHeight;
}

const WORDS = { unused: "未核销", used: "已核销", partly_used: "部分核销", refunded: "已退款", expired: "已过期", refunding: "退款中" };

async function showBought() {
  const { certificates } = await call("/_sandbox/ledger?last=6");
  byId("bought").replaceChildren(...certificates.reverse().map((one) => el("button", {
    type: "button", class: "row", onclick: () => { byId("text").value = one.code; byId("text").focus(); } },
  el("span", {}, el("b", {}, `${one.platform === "meituan" ? "美团" : "抖音"} ${one.title}`),
    el("small", {}, `${one.code}${one.uses > 1 ? `，剩 ${one.uses - one.used} 次` : ""}`)),
  el("small", {}, WORDS[one.status] ?? one.status))));
}

async function start() {
  const known = await call("/_sandbox/chat/people");
  people.push(...known.people);
  menus = known.menus;
  const groups = { wecom: "企业微信", official: "公众号", robot: "群" };
  for (const [channel, label] of Object.entries(groups)) {
    byId("user").append(el("optgroup", { label }, ...people.filter((one) => one.channel === channel)
      .map((one) => el("option", { value: one.userid }, one.name))));
  }
  byId("sku").append(...known.skus.map((sku) => el("option", { value: `${sku.platform} ${sku.key}` },
    `${sku.platform === "meituan" ? "美团" : "抖音"} ${sku.title}`)));
  byId("phrases").append(...["帮助", "待办", "今日", "对账", "我"].map((words) =>
    el("button", { type: "button", class: "chip", onclick: () => say(words) }, words)));
  become(current ?? people[0].userid);
  await poll();
  setInterval(poll, POLL);
  await showBought();
}

byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text) return;
  byId("text").value = "";
  say(text).then(showBought);
});
byId("user").addEventListener("change", () => become(byId("user").value));
byId("photo").addEventListener("change", () => {
  const [file] = byId("photo").files;
  if (!file) return;
  const form = new FormData();
  form.append("userid", current);
  form.append("image", file);
  byId("photo").value = "";
  act(() => call("/_sandbox/chat/photo", { method: "POST", body: form }));
});
byId("buy").addEventListener("click", () => act(async () => {
  const [platform, sku] = byId("sku").value.split(" ");
  const { certificates } = await send("/_sandbox/orders", { platform, sku });
  byId("text").value = certificates[0].code;
  byId("text").focus();
  await showBought();
}));
byId("fault").addEventListener("click", () => act(async () => {
  const [platform, endpoint] = byId("where").value.split(" ");
  await send("/_sandbox/faults", { platform, endpoint, mode: byId("mode").value, count: 1 });
  byId("faulted").textContent = "排好了，只错一次";
}));
start();
