// What was chosen, and its price as a waterfall: from the original, step by step with its reason, to
// what is to pay; then what was not used, and why.

import { t } from "../copy.js";
import { h, icon, rich } from "../dom.js";
import { money } from "../format.js";
import { button } from "../parts.js";

export const MOST = 99;
const ICONS = { VLOG_VIDEO: "film", RECORDING_SET: "film", PHOTO_SET: "photo",
  PHOTO_PRINT: "print", MACHINE_PRINT: "print" };

/** What a product is called here. */
export function nameOf(product) {
  return product.productName || t(`product.${product.productType}`);
}

/** The picture of a kind of product. */
export function thumb(type) {
  return h("span.hx-line__thumb", {}, icon(ICONS[type] ?? "photo"));
}

/** Fewer, so many, more. */
export function stepper(product, shop, onChange) {
  const { productType: type, productId: id } = product;
  const name = nameOf(product);
  const count = shop.count(product);
  const step = (act, shape, label, to) => h("button.hx-stepper__btn",
    { type: "button", data: { act: `${act}-${type}-${id}` }, "aria-label": label,
      disabled: to < 0 || to > MOST, onclick: () => { shop.put(product, to); onChange(); } },
    icon(shape));
  return h("div.hx-stepper", { role: "group", "aria-label": name },
    step("less", "minus", t("cart.less", { name }), count - 1),
    h("output", { "aria-live": "polite" }, String(count)),
    step("more", "plus", t("cart.more", { name }), count + 1));
}

export class Cart {
  name = "cart";
  idleAfter = 60;
  scans = true;

  constructor(shop, { leave, onMore, onCode, onGo }) {
    this.shop = shop;
    this.leave = leave;
    this.onMore = onMore;
    this.onCode = onCode;
    this.onGo = onGo;
  }

  title() {
    return t("cart.title");
  }

  draw() {
    const { shop } = this;
    const { quote } = shop;
    return {
      body: [
        h("div.hx-kiosk__row.hx-kiosk__row--ends", {},
          h("h1.hx-kiosk__ask", {}, t("cart.chosen", { n: shop.chosen().length })),
          button("again", "plain", t("cart.again"), this.onMore, { shape: "plus" })),
        h("div.hx-lines", {}, shop.chosen().map((product) => this.line(product))),
        this.codes(),
      ],
      stub: quote ? [this.whatChanged(), fall(quote), this.unused(), this.pay()]
        : [h("h2.hx-kiosk__ask", {}, t("cart.pricing")),
          h("p.hx-kiosk__lead", {}, t("cart.pricing_lead"))],
    };
  }

  line(product) {
    const { shop } = this;
    const priced = shop.quote?.products.find((each) => each.productType === product.productType
      && each.productId === product.productId);
    const unit = priced && money(priced.unitPrice);
    return h("div.hx-line", {}, thumb(product.productType),
      h("p.hx-line__name", {}, nameOf(product),
        h("small", {}, unit && t("cart.each", { price: unit }))),
      stepper(product, shop, () => { shop.changed = null; shop.reprice(); }),
      h("span.hx-line__sum", {}, priced ? money(priced.originalAmount) : ""));
  }

  /** Entered codes: the last four characters are enough to know one's own. */
  codes() {
    const { shop } = this;
    return h("div.hx-kiosk__row.hx-codes", {},
      shop.codes.map((code, at) => button(`drop-${at}`, "plain",
        t("cart.code", { tail: code.slice(-4) }),
        () => shop.drop(code), { shape: "ticket", after: "x" })),
      button("code", "quiet", t("cart.add_code"), this.onCode, { shape: "plus" }));
  }

  whatChanged() {
    const { changed } = this.shop;
    if (!changed) return null;
    const title = changed.before === null || changed.before === undefined ? t("cart.changed")
      : t("cart.changed_sums", { before: money(changed.before), now: money(changed.now) });
    return h("div.hx-note", { data: { state: "verifying" }, role: "alert" }, icon("info"),
      h("div", {}, h("p", {}, h("b", {}, title)),
        changed.rows.map((row) => h("p", {}, row.applied
          ? t("cart.now_used", { name: row.name })
          : t("cart.no_more", { name: row.name, why: row.message ?? "" })))));
  }

  unused() {
    const { skippedDiscounts: skipped } = this.shop.quote;
    if (!skipped.length) return null;
    return h("details.hx-skipped", { open: true },
      h("summary", { data: { act: "why" } }, t("cart.unused", { n: skipped.length }),
        icon("down")),
      skipped.map((each) => h("p", {}, icon("info"), h("span", {},
        h("b", {}, each.discountName), t("cart.colon"), each.message))));
  }

  pay() {
    const { quote } = this.shop;
    const free = Number(quote.finalAmount) === 0;
    const saved = Number(quote.discountAmount) > 0
      ? t("cart.saved", { sum: money(quote.discountAmount) }) : t("cart.lowest");
    return h("div.hx-pay", {},
      h("p", {}, h("span.hx-pay__sum", {}, money(quote.finalAmount)), h("br"),
        h("span.hx-soft", {}, rich(saved))),
      button("go", "primary", t(free ? "cart.go_free" : "cart.go"), this.onGo,
        { after: "right" }));
  }

  submit() {
    this.onGo();
  }
}

/** The waterfall; every amount stands in it as text. */
function fall(quote) {
  const whole = Number(quote.originalAmount) || 1;
  return h("div.hx-fall", { role: "group", "aria-label": t("cart.fall") },
    row("", t("cart.original"), "", 0, quote.originalAmount, whole, money(quote.originalAmount)),
    quote.discountDetails.map((each) => row("off", each.discountName, each.description,
      each.afterAmount, each.beforeAmount, whole, `−${money(each.discountAmount)}`)),
    row("pay", t("cart.to_pay"), "", 0, quote.finalAmount, whole, money(quote.finalAmount)));
}

function row(kind, title, detail, from, to, whole, amount) {
  const bar = h(`span.hx-fall__bar${kind ? `.hx-fall__bar--${kind}` : ""}`);
  bar.style.setProperty("--from", `${(Number(from) / whole) * 100}%`);
  bar.style.setProperty("--to", `${(Number(to) / whole) * 100}%`);
  return h(`div.hx-fall__row${kind ? `.hx-fall__row--${kind}` : ""}`, {},
    h("p.hx-fall__why", {}, title, detail && h("small", {}, detail)),
    h("div.hx-fall__track", { "aria-hidden": "true" }, bar),
    h("span.hx-fall__amt", {}, amount));
}
