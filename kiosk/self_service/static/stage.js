// What is on the screen now. A screen is an object with a name and draw(); everything a member sees
// is built by draw(), so that a change of language or of facts redraws from the same values.
//
//   name            on <body data-screen>, for the style sheet and the tests
//   title()         for the window; never anything personal
//   draw()          {body, stub, torn, bodyData}: nodes of both parts of the ticket, or
//                   {sections}: both parts as they are
//   leave           {label, act}: the footer's left button, or null
//   idleAfter       seconds without a touch before the warning; null: never
//   scans           whether a scan is welcome here
//   type(character), erase(), paste(text), submit(): keys, when the screen takes them
//   takes(text)     whether a whole scan is what this screen asks for
//   close()         stop timers and cameras
//
// While `held` (the idle warning is up) nothing is drawn.

import { t } from "./copy.js";
import { h, icon } from "./dom.js";

const main = () => document.getElementById("main");

class Stage {
  constructor() {
    this.current = null;
    this.held = false;
    this.onShow = () => {};
  }

  /** Put a screen on; the one before is closed and its nodes are gone. */
  show(screen) {
    if (this.current && this.current !== screen) this.current.close?.();
    this.current = screen;
    this.say("");
    this.onShow(screen);
    document.body.dataset.screen = screen.name;
    this.redraw();
    scrollTo(0, 0);
    const heading = main().querySelector("h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }

  /** Draw the present screen again, keeping the focus on the same control. */
  redraw() {
    if (this.held) return;
    const screen = this.current;
    const focused = document.activeElement?.dataset?.act;
    const { body, stub, torn, bodyData, sections } = screen.draw();
    const ticket = main();
    ticket.removeAttribute("aria-busy");
    ticket.toggleAttribute("data-torn", Boolean(torn));
    ticket.replaceChildren(
      ...(sections ?? [
        h("section.hx-ticket__body", { data: bodyData ?? {} }, body),
        h("section.hx-ticket__stub", {}, stub),
      ]));
    this.foot(screen);
    document.title = t("title", { screen: screen.title() });
    if (focused) ticket.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
  }

  foot(screen) {
    const leave = document.getElementById("leave");
    if (screen.leave) {
      const button = h("button.hx-btn.hx-btn--quiet",
        { type: "button", data: { act: "leave" }, onclick: () => this.current.leave.act() },
        icon("left"), t(screen.leave.label));
      leave.replaceChildren(button);
    } else {
      leave.replaceChildren();
    }
  }

  /** Buttons are off while a request is under way. */
  lock() {
    main().setAttribute("aria-busy", "true");
    for (const button of main().querySelectorAll("button:not([disabled])")) {
      button.disabled = true;
      button.dataset.locked = "";
    }
  }

  unlock() {
    main().removeAttribute("aria-busy");
    for (const button of main().querySelectorAll("button[data-locked]")) {
      button.disabled = false;
      delete button.dataset.locked;
    }
  }

  get locked() {
    return main().hasAttribute("aria-busy");
  }

  /** Tell a screen reader; `urgent` interrupts it. */
  say(text, urgent = false) {
    document.getElementById(urgent ? "say-now" : "say").textContent = text;
  }

  /** A short line in the footer, for what concerns the machine and not the voucher. */
  note(text) {
    const place = document.getElementById("note");
    place.textContent = text;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => { place.textContent = ""; }, 6000);
  }

  clearNotes() {
    clearTimeout(this.noteTimer);
    for (const id of ["note", "say", "say-now"]) document.getElementById(id).textContent = "";
  }
}

export const stage = new Stage();
