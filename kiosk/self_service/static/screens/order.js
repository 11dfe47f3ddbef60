// An order: its number until it is paid at the counter, then that it was.

import { t } from "../copy.js";
import { h, rich } from "../dom.js";
import { clock, money } from "../format.js";
import { band, button, facts, note, row, ticketNumber } from "../parts.js";

const BANDS = { awaiting_payment: ["verifying", "verifying"], paid: ["redeemed", "redeemed"],
  cancelled: ["expired", "expired"] };

export class Order {
  name = "order";

  constructor(order, { leave, onCancel, onDone }) {
    this.leave = leave;
    this.onCancel = onCancel;
    this.onDone = onDone;
    this.take(order);
  }

  take(order) {
    this.order = order;
  }

  get idleAfter() {
    return this.order.status === "awaiting_payment" ? 180 : 30;
  }

  title() {
    return t("order.title");
  }

  draw() {
    const { order } = this;
    const kind = BANDS[order.status] ? order.status : "paid";
    const [state, shape] = BANDS[kind];
    const waits = kind === "awaiting_payment";
    const free = Number(order.finalAmount) === 0;
    return {
      torn: kind === "paid",
      body: [
        band(state, t(`order.band.${kind}`), { shape, role: "status" }),
        ticketNumber(order.orderNo.slice(-4),
          h("h1.hx-kiosk__lead", {}, t(kind === "paid" && free ? "order.free"
            : `order.lead.${kind}`, { sum: money(order.finalAmount) }))),
        facts(order.products.map((line) => [line.productName, `× ${line.quantity}`,
          money(line.finalAmount)])),
      ],
      stub: [
        h("p.hx-pay__sum", {}, money(order.finalAmount)),
        note("info", waits ? t("order.until", { time: clock(order.expiresAt) })
          : t(`order.note.${kind}`)),
        h("p.hx-kiosk__lead", {}, rich(t("order.full", { no: order.orderNo }))),
        waits
          ? row(button("cancel", "plain", t("order.cancel"), this.onCancel))
          : button("done", "primary", t("home"), this.onDone, { block: true }),
      ],
    };
  }
}
