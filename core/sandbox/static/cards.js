// How one message looks. Text is set as text, never as HTML: it comes from anywhere.

export function el(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

const LINK = /<a href="([^"]*)"[^>]*>([^<]*)<\/a>/g;

// A text with the two kinds of links an official account may send: a web page, or words to say.
function linked(text, say) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const address = found[1].replaceAll("&amp;", "&");
    if (address.startsWith("weixin://bizmsgmenu?")) {
      const words = new URLSearchParams(address.split("?")[1]).get("msgmenucontent") ?? "";
      parts.push(el("button", { type: "button", onclick: () => say(words) }, found[2]));
    } else if (/^https?:\/\//.test(address)) {
      parts.push(el("a", { href: address, target: "_blank", rel: "noreferrer" }, found[2]));
    } else parts.push(found[2]);
  }
  parts.push(text.slice(from));
  return parts;
}

const EVENTS = { CLICK: "点了菜单", scancode_waitmsg: "扫了码", scancode_push: "扫了码", SCAN: "扫了二维码",
  subscribe: "关注了公众号", unsubscribe: "取消了关注", enter_agent: "打开了应用", VIEW: "打开了链接" };

export function messageBody(message, actions) {
  const { kind, body } = message;
  if (kind === "template_card") return card(message, actions);
  if (kind === "image") {
    return el("p", { class: "bubble" }, body.url ? el("img", { src: body.url, alt: "照片" }) : "［图片］");
  }
  if (kind === "event") {
    const what = [EVENTS[body.event] ?? body.event, body.result || body.key].filter(Boolean).join("：");
    return el("p", { class: "bubble" }, what);
  }
  if (kind === "textcard") {
    return el("div", { class: "bubble" }, el("h3", {}, body.title ?? ""), body.description ?? "");
  }
  if (kind === "template") {
    const rows = Object.entries(body.data ?? {}).map(([key, one]) => `${key}：${one.value}`);
    return el("p", { class: "bubble" }, ["服务通知", ...rows].join("\n"));
  }
  const text = typeof body.content === "string" ? body.content : JSON.stringify(body);
  return el("p", { class: "bubble" }, ...linked(text, actions.say));
}

const TONES = { 0: "grey", 1: "note", 2: "bad", 3: "done" };

function card({ body, state, task_id: task }, { click }) {
  const buttons = body.button_list ?? [];
  const grey = state.replace_name ?? body.replace_text;
  const live = buttons.length > 0 && !grey;
  const shown = grey ? "replaced" : state.updated ? "updated" : live ? "live" : "plain";
  const tone = live && !state.updated ? "wait" : TONES[body.source?.desc_color] ?? "note";
  const sign = { done: "i-done", wait: "i-wait" }[tone] ?? "i-note";
  const facts = body.horizontal_content_list ?? [];
  const inner = el("section", { class: "card__body" },
    el("p", { class: "band", "data-tone": tone },
      el("span", {}, icon(sign), body.source?.desc || (live ? "等你确认" : "通知"))),
    body.main_title?.desc ? el("p", { class: "quiet" }, body.main_title.desc) : null,
    body.main_title?.title ? el("h2", {}, body.main_title.title) : null,
    body.emphasis_content?.title ? el("h2", {}, body.emphasis_content.title) : null,
    body.sub_title_text ? el("p", {}, body.sub_title_text) : null,
    facts.length ? el("dl", { class: "facts" }, ...facts.flatMap((fact) =>
      [el("dt", {}, fact.keyname ?? ""), el("dd", {}, fact.value ?? "")])) : null,
    body.quote_area?.quote_text ? el("p", { class: "quiet" }, body.quote_area.quote_text) : null);
  const links = (body.jump_list ?? []).concat(
    body.card_action?.type === 1 ? [{ title: "打开", url: body.card_action.url }] : []);
  const stub = grey
    ? [el("button", { class: "btn btn--plain", type: "button", disabled: true, "data-testid": "card-replaced" }, grey)]
    : buttons.map((button) => {
      const look = `btn ${button.style === 1 ? "btn--primary" : "btn--plain"}`;
      return button.type === 1
        ? el("a", { class: look, href: /^https?:\/\//.test(button.url) && button.url, target: "_blank", rel: "noreferrer",
          "data-testid": "card-link" }, button.text)
        : el("button", { class: look, type: "button", "data-testid": "card-button", "data-key": button.key,
          onclick: (event) => click(task, button.key, event.currentTarget) }, button.text);
    });
  for (const link of links) {
    if (/^https?:\/\//.test(link.url ?? "")) {
      stub.push(el("a", { class: "btn btn--plain", href: link.url, target: "_blank", rel: "noreferrer" }, link.title));
    }
  }
  return el("article", { class: stub.length ? "card" : "card card--whole", "data-testid": "chat-card",
    "data-task-id": task, "data-state": shown },
  inner, stub.length ? el("section", { class: "card__stub" }, ...stub) : null);
}
