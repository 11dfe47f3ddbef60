// Small builders over the DOM. Text is always text, never HTML: nothing scanned can become markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * One element: h("p.hx-note", {role: "alert", data: {state: "unused"}, onclick}, child, …).
 * Children may be nodes, strings, lists, or null.
 */
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "data") Object.assign(element.dataset, value);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined
    && child !== false && child !== "");
}

/** An icon of the page's sprite; decorative, the words stand beside it. */
export function icon(name, ...classes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", ["hx-icon", ...classes].join(" "));
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Nodes of a copy text: <b>…</b> and line breaks are its only marks. */
export function rich(text) {
  return text.split("\n").flatMap((line, number) => [
    number ? h("br") : null,
    ...line.split(/<\/?b>/).map((piece, odd) => (odd % 2 ? h("b", {}, piece) : piece)),
  ]).filter(Boolean);
}

const DATE = /((?:到|until |to )?\d{4}-\d{2}-\d{2})/;

/** A sentence of the server with its date in bold, so that the promise stands out. */
export function withDate(text) {
  return (text ?? "").split(DATE)
    .map((piece, odd) => (odd % 2 ? h("b.hx-nowrap", {}, piece) : piece));
}
