// What the shop sells: how many of each.

import { t } from "../copy.js";
import { h } from "../dom.js";
import { money } from "../format.js";
import { button, note } from "../parts.js";
import { stage } from "../stage.js";
import { nameOf, stepper, thumb } from "./cart.js";

export class Shelf {
  name = "shelf";
  idleAfter = 60;
  scans = true;

  constructor(shop, { leave, onGo }) {
    this.shop = shop;
    this.leave = leave;
    this.onGo = onGo;
  }

  title() {
    return t("shelf.title");
  }

  draw() {
    const { shop } = this;
    if (!shop.products.length) {
      return { body: h("h1.hx-kiosk__title", {}, t("shelf.empty")),
        stub: h("p.hx-kiosk__lead", {}, t("shelf.empty_lead")) };
    }
    return {
      body: [
        h("h1.hx-kiosk__ask", {}, t("shelf.ask")),
        h("div.hx-lines", {}, shop.products.map((product) => this.line(product))),
      ],
      stub: [
        shop.codes.length
          ? note("ticket", t("shelf.code", { code: shop.codes.length }))
          : note("scan", t("shelf.scan")),
        button("go", "primary", shop.units ? t("shelf.go", { n: shop.units }) : t("shelf.go_none"),
          this.onGo, { after: "right", block: true, disabled: !shop.units }),
      ],
    };
  }

  line(product) {
    const { shop } = this;
    return h("div.hx-line", {}, thumb(product.productType),
      h("p.hx-line__name", {}, nameOf(product), h("small", {}, price(product))),
      stepper(product, shop, () => stage.redraw()));
  }

  submit() {
    if (this.shop.units) this.onGo();
  }
}

function price(product) {
  return product.unit ? `${money(product.basePrice)} / ${product.unit}` : money(product.basePrice);
}

