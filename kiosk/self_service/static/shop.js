// A visit that buys: shelf → cart with its price → checkout → pay at the counter. The server prices
// every time; what it said last is `quote`, and a checkout is settled at exactly that or not at all.

import * as api from "./api.js";
import { t } from "./copy.js";
import { money } from "./format.js";
import * as keep from "./keep.js";
import { Cart, MOST } from "./screens/cart.js";
import { Checking } from "./screens/checking.js";
import { Order } from "./screens/order.js";
import { Shelf } from "./screens/shelf.js";
import * as sound from "./sound.js";
import { stage } from "./stage.js";

const EVERY = 3000;
const MOST_CODES = 10;
const OWN = /^[0-9a-z]{4,20}$/i;

export class Shop {
  /** `flow`: whose turn it is, and how a server is reached. */
  constructor(flow) {
    this.flow = flow;
    this.products = [];
    this.counts = new Map();
    this.codes = [];
    this.quote = null;
    this.changed = null;
    this.asked = 0;
  }

  /** Open the shelf, with a code in the hand if one was scanned. */
  open(code = "") {
    if (code) this.enter(code);
    stage.show(new Checking({ leave: this.flow.exit, copy: "shelf" }));
    return this.flow.run(async () => {
      this.products = await this.flow.reach(api.products);
      this.shelf();
    });
  }

  shelf() {
    stage.show(new Shelf(this, { leave: this.flow.exit, onGo: () => this.cart() }));
  }

  /** What the shelf shows as one product. */
  static key(product) {
    return `${product.productType}:${product.productId}`;
  }

  count(product) {
    return this.counts.get(Shop.key(product)) ?? 0;
  }

  get units() {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  put(product, count) {
    this.counts.set(Shop.key(product), Math.min(Math.max(count, 0), MOST));
  }

  chosen() {
    return this.products.filter((product) => this.count(product));
  }

  /** Whether it may be a code of our own; a voucher of a platform is redeemed at the start page. */
  enter(text) {
    const code = text.replace(/[\s-]/g, "").toUpperCase();
    if (!OWN.test(code) || this.codes.length >= MOST_CODES) {
      sound.needsYou();
      stage.note(t(this.codes.length >= MOST_CODES ? "cart.many_codes" : "cart.not_own"));
      return false;
    }
    this.changed = null;
    if (!this.codes.includes(code)) this.codes.push(code);
    return true;
  }

  drop(code) {
    this.codes = this.codes.filter((each) => each !== code);
    this.reprice();
  }

  /** Show the cart; without a thing in it, the shelf. */
  cart() {
    if (!this.units) return this.shelf();
    this.screen = new Cart(this, { leave: { label: "back", act: () => this.shelf() },
      onMore: () => this.shelf(), onCode: () => this.flow.type(""),
      onGo: () => this.checkout() });
    stage.show(this.screen);
    return this.reprice();
  }

  body() {
    return { products: this.chosen().map((product) => ({ productType: product.productType,
      productId: product.productId, quantity: this.count(product) })),
    voucherCodes: this.codes };
  }

  /** Ask for the price of what is in the cart now; an answer that was overtaken is dropped. */
  reprice() {
    if (!this.units) return this.shelf();
    const mine = this.asked += 1;
    this.quote = null;
    if (stage.current === this.screen) stage.redraw();
    return this.flow.run(async () => {
      const quote = await this.flow.reach(() => api.price(this.body()));
      if (mine !== this.asked) return;
      this.take(quote);
      stage.say(t("cart.said", { sum: money(quote.finalAmount) }));
    });
  }

  take(quote) {
    this.quote = quote;
    if (stage.current === this.screen) stage.redraw();
    else if (stage.current.name === "offline") stage.show(this.screen);
  }

  checkout() {
    if (!this.quote || stage.locked) return;
    const attempt = { body: { ...this.body(), quote: this.quote.quote }, key: api.newKey() };
    stage.lock();
    stage.say(t("busy"));
    this.flow.run(() => this.settle(attempt));
  }

  /** One key for all tries of this attempt, so that it makes one order. */
  async settle({ body, key }) {
    keep.buying({ body, key });
    try {
      const order = await this.flow.reach(() => api.checkout(body, key), { unsure: true });
      keep.openOrder(order.orderNo);
      keep.bought();
      await this.follow(order);
    } catch (error) {
      if (!(error instanceof api.Refused) || error.word !== "price_changed") throw error;
      this.tell(error.facts);
    } finally {
      keep.bought();
    }
  }

  /** The price is not what was shown: nothing was bought; show what is different. */
  tell(facts) {
    const names = new Map([...(this.quote?.discountDetails ?? []), ...facts.quote.discountDetails]
      .map((each) => [`${each.discountType}:${each.discountId}`, each.discountName]));
    this.changed = { before: facts.before, now: facts.finalAmount,
      rows: facts.changes.map((each) => ({ ...each,
        name: names.get(`${each.discountType}:${each.discountId}`) ?? "" })) };
    sound.needsYou();
    stage.unlock();
    if (!this.screen) return this.flow.leave();
    this.quote = facts.quote;
    stage.show(this.screen);
    stage.say(t("cart.changed"), true);
  }

  /** Until it is paid or off. Success is shown once the server says that the money is there. */
  async follow(order) {
    const { flow } = this;
    const mine = flow.turn;
    const screen = new Order(order, { leave: flow.homeward, onCancel: () => this.cancel(order),
      onDone: () => flow.leave() });
    this.order = screen;
    let shown = null;
    for (;;) {
      if (mine !== flow.turn) return;
      if (order.status !== "awaiting_payment") keep.forget();
      if (shown !== order.status || stage.current.name === "offline") {
        screen.take(order);
        if (order.status === "paid") sound.done();
        stage.show(screen);
        shown = order.status;
      }
      if (order.status !== "awaiting_payment") return;
      await new Promise((ready) => { setTimeout(ready, EVERY); });
      if (mine !== flow.turn) return;
      order = await this.look(order);
    }
  }

  /** The order as it stands now; asked too often, it stands as before. */
  async look(order) {
    const { orderNo } = order;
    try {
      return await this.flow.reach(() => api.order(orderNo), { ticket: orderNo.slice(-4) });
    } catch (error) {
      if (error instanceof api.Refused && error.word === "too_many_requests") return order;
      throw error;
    }
  }

  cancel(order) {
    const key = api.newKey();
    stage.lock();
    this.flow.run(async () => {
      try {
        await this.flow.reach(() => api.cancelOrder(order.orderNo, key));
        this.flow.leave();
        stage.note(t("order.cancelled_note"));
      } catch (error) {
        if (!(error instanceof api.Refused)) throw error;
        stage.unlock();
        stage.note(t("order.not_cancelled"));
      }
    });
  }

  /** The same in another language: names and reasons come from the server. */
  relanguage() {
    if (stage.current === this.screen) this.reprice();
  }
}
