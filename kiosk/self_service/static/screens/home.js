// The first screen. Its nodes come from the server, so that it is there before any script runs.

import { t } from "../copy.js";

export class Home {
  name = "home";
  leave = null;
  idleAfter = null;
  scans = true;

  /** `nodes`: the two parts of the ticket as the server sent them. */
  constructor(nodes, { onCamera, onType, onBuy }) {
    [this.body, this.stub] = nodes;
    this.stub.querySelector("[data-act=camera]").addEventListener("click", onCamera);
    this.stub.querySelector("[data-act=entry]").addEventListener("click", () => onType(""));
    this.stub.querySelector("[data-act=buy]").addEventListener("click", onBuy);
    this.onType = onType;
  }

  /** A photo shop's kiosks sell too. */
  offerCart(offered) {
    this.stub.querySelector("[data-act=buy]").hidden = !offered;
    this.stub.querySelector(".hx-ways").toggleAttribute("data-sells", offered);
    const ways = this.stub.querySelector("#ways");
    ways.dataset.t = offered ? "home.ways_buy" : "home.ways";
    ways.textContent = t(ways.dataset.t);
  }

  title() {
    return t("home.title");
  }

  draw() {
    for (const part of [this.body, this.stub]) {
      for (const element of part.querySelectorAll("[data-t]")) {
        element.textContent = t(element.dataset.t);
      }
      for (const element of part.querySelectorAll("[data-other]")) {
        element.lang = document.documentElement.lang === "en" ? "zh-CN" : "en";
      }
    }
    return { sections: [this.body, this.stub] };
  }

  /** A person begins to type a code: the keypad opens with it. */
  type(character) {
    if (!/[0-9a-z]/i.test(character)) return false;
    this.onType(character);
    return true;
  }
}
