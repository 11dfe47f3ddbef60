// The slip page prints itself once, right after its button was pressed.

if (document.querySelector("[data-print-now]")) {
  const pictures = [...document.images].map((image) => image.decode().catch(() => {}));
  Promise.all(pictures).then(() => window.print());
}
