// The scrolling list of a thread. It stays at the bottom unless the user scrolls up.

import { el, icon, reconcile } from "./dom.js";
import { threadRows } from "./rows.js";

const NEAR = 60; // pixels from the bottom that still count as the bottom
const SHOWN = 150; // messages drawn at first; earlier ones on demand

export class MessageList {
  #limit = SHOWN;
  #place = null;
  #atFoot = true;

  constructor(empty) {
    this.rows = el("div", { class: "rows", role: "log", "aria-live": "polite", "aria-label": "Messages" });
    this.empty = el("div", { class: "empty" }, empty);
    this.earlier = el("button", {
      type: "button",
      class: "earlier",
      text: "Show earlier messages",
      on: { click: () => this.#showEarlier() },
    });
    this.scroller = el("div", { class: "scroller", tabindex: "-1" }, this.earlier, this.empty, this.rows);
    this.down = el(
      "button",
      {
        type: "button",
        class: "to-foot",
        "aria-label": "Go to the newest message",
        on: { click: () => this.toFoot() },
      },
      icon("down"),
    );
    this.element = el("div", { class: "message-list" }, this.scroller, this.down);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#atFoot && this.toFoot()).observe(this.rows);
    new ResizeObserver(() => this.#atFoot && this.toFoot()).observe(this.scroller);
  }

  /** Show these messages; a new place starts at the bottom. */
  show(place, messages, talk, typing) {
    if (place !== this.#place) this.#limit = SHOWN;
    const moved = place !== this.#place;
    this.#place = place;
    const rows = threadRows(messages.slice(-this.#limit), talk);
    if (typing) rows.push({ key: "typing", signature: "", build: typingRow });
    reconcile(this.rows, rows);
    this.earlier.hidden = messages.length <= this.#limit;
    this.empty.hidden = rows.length > 0;
    this.again = () => this.show(place, messages, talk, typing);
    if (moved || this.#atFoot) this.toFoot();
    this.#scrolled();
  }

  toFoot() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atFoot = true;
  }

  /** Scroll to a message and highlight it; return false if it is not in the list. */
  scrollTo(id) {
    const name = CSS.escape(id);
    const row = this.rows.querySelector(`[data-id="${name}"], [data-ids~="${name}"]`);
    if (!row) return false;
    row.scrollIntoView({
      block: "center",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
    row.classList.add("glow");
    setTimeout(() => row.classList.remove("glow"), 1600);
    return true;
  }

  #showEarlier() {
    const below = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.#limit += SHOWN;
    this.#atFoot = false;
    this.again();
    this.scroller.scrollTop = this.scroller.scrollHeight - below;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.#atFoot = scrollHeight - scrollTop - clientHeight < NEAR;
    this.down.hidden = this.#atFoot;
  }
}

const typingRow = () =>
  el(
    "div",
    { class: "row in first last typing-row" },
    el(
      "div",
      { class: "bubble typing", role: "status", "aria-label": "The bot is typing" },
      el("i"),
      el("i"),
      el("i"),
    ),
  );
