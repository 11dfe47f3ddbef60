// A form that leaves the page is sent once, however often its button is pressed. Filters act at
// once when a choice is made.

const LOOK_FIRST = 250;
let soon = 0;

export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-dialog], [data-into]") || form.closest("dialog")) return;
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") {
      form.dataset.busy = "1";
      setTimeout(() => { delete form.dataset.busy; }, 8000);
    } else {
      for (const field of form.querySelectorAll("input, select")) {
        if (!field.value) field.disabled = true;
      }
    }
  }, { capture: true });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.hasAttribute("data-at-once") && event.target.matches("select, input[type=date]")) {
      // Keys of a scanner gun may fall on a choice: its text must not be lost by leaving the page.
      clearTimeout(soon);
      soon = setTimeout(() => form.requestSubmit(), LOOK_FIRST);
    }
    if (event.target.dataset.shows) toggle(event.target);
    if (event.target.dataset.effect) {
      const shown = event.target.closest("dialog, main").querySelector("[data-effect-shown]");
      if (shown) shown.textContent = event.target.dataset.effect;
    }
  });
  document.addEventListener("desk:scanned", () => clearTimeout(soon));
  // Coming back by the browser's button must find a form that works.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) {
      delete form.dataset.busy;
      for (const field of form.elements) {
        if (field.disabled && !field.hasAttribute("disabled")) field.disabled = false;
      }
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });
}

function toggle(field) {
  for (const each of document.querySelectorAll(`[data-shown-by="${CSS.escape(field.dataset.shows)}"]`)) {
    each.hidden = !field.checked;
  }
}
