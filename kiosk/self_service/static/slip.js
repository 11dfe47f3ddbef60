// The paper slip: drawn into the page for the printer only, and gone after it.

import { platformName } from "./certificate.js";
import { t } from "./copy.js";
import { h } from "./dom.js";
import { clock, day, isDay, money } from "./format.js";

const MARGIN = 3;
const MM = 25.4 / 96;
const paper = new CSSStyleSheet();

/** `times`: how often this slip was asked for; from the second on it says so. */
export function printSlip(view, kiosk, times) {
  clearSlip();
  const { result } = view;
  const at = view.completed_at ?? view.moved_at;
  const fact = result.starts_at ? `${day(result.starts_at)} ${clock(result.starts_at)}`
    : isDay(result.after) ? result.after : "";
  const title = times > 1 ? `${result.title} · ${t("slip.again", { n: times })}` : result.title;
  const rows = [
    [t("slip.member"), [view.member?.name, view.member?.phone].filter(Boolean).join(" ")],
    [t("slip.voucher"), `${platformName(view)} ${view.product_name}`],
    ["", view.code_tail ? t("fact.tail", { tail: view.code_tail }) : ""],
    [t("slip.paid"), money(view.paid_price)],
    [t("slip.number"), `${view.ticket}  ${day(at)} ${clock(at)}`],
  ].filter(([, value]) => value);
  const qr = h("img", { src: `/kiosk/qr/${encodeURIComponent(view.ref)}.svg`, alt: "" });
  const slip = h("section.hx-slip", { "aria-hidden": "true" },
    h("p.hx-slip__head", {}, [kiosk.venue?.brand, view.venue?.name].filter(Boolean).join(" ")),
    h("p.hx-slip__title", {}, `* ${title} *`),
    isDay(result.after) && h("p.hx-slip__label", {}, t("slip.until")),
    fact && h("p.hx-slip__fact", {}, fact),
    h("dl.hx-slip__rows", {},
      rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("div.hx-slip__foot", {}, qr, h("p", {}, t("slip.qr"), h("br"),
      view.confirmed_by ? t("slip.by", { name: view.confirmed_by.name }) : "",
      kiosk.venue?.phone ? [h("br"), kiosk.venue.phone] : null)),
    h("p.hx-slip__cut"));
  document.body.append(slip);
  qr.decode().catch(() => {}).then(() => {
    if (!slip.isConnected) return;
    cutPaperFor(slip);
    window.print();
  });
}

/** The page is as long as the slip, so that the printer cuts where it ends. */
function cutPaperFor(slip) {
  const { width, height } = slip.getBoundingClientRect();
  const wide = Math.round(width * MM) + 2 * MARGIN;
  const long = Math.ceil(height * MM) + 2 * MARGIN + 1;
  paper.replaceSync(`@page { size: ${wide}mm ${long}mm; margin: ${MARGIN}mm; }`);
  document.adoptedStyleSheets = [paper];
}

export function clearSlip() {
  document.querySelector(".hx-slip")?.remove();
}
