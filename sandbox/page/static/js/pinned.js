// The pinned message at the top of a topic: one line that expands to the whole card with buttons.

import { renderButtons } from "./buttons.js";
import { describe } from "./describe.js";
import { el, icon, iconButton, reconcile } from "./dom.js";
import { renderText } from "./entities.js";

export class PinnedCard {
  #open = new Set(); // places where the card is open

  /** `tell()` is called when the card is collapsed or expanded. */
  constructor(talk, tell) {
    this.talk = talk;
    this.tell = tell;
    this.element = el("div", { class: "pinned-place" });
  }

  draw(place, message) {
    const open = this.#open.has(place);
    const build = () => this.#card(place, message, open);
    const rows = message
      ? [{ key: "card", signature: [place, open, JSON.stringify(message)].join(), build }]
      : [];
    reconcile(this.element, rows);
  }

  #card(place, message, open) {
    const toggle = () => {
      if (!this.#open.delete(place)) this.#open.add(place);
      this.tell();
    };
    const fold = iconButton("down", open ? "Collapse the pinned card" : "Expand the pinned card", toggle, {
      "aria-expanded": String(open),
      "data-focus": "fold",
    });
    const show = el(
      "button",
      { type: "button", class: "pinned-line", on: { click: () => this.talk.scrollTo(message.message_id) } },
      icon("pin"),
      el(
        "span",
        { class: "pinned-words" },
        el("b", { text: "Pinned" }),
        el("span", { text: describe(message) }),
      ),
    );
    const whole = open
      ? el(
          "div",
          { class: "pinned-whole" },
          this.#text(message),
          renderButtons(message, (button) => this.talk.press(message, button)),
        )
      : null;
    return el(
      "section",
      { class: open ? "pinned open" : "pinned", "aria-label": "Pinned message" },
      el("div", { class: "pinned-head" }, show, fold),
      whole,
    );
  }

  #text(message) {
    return renderText(
      message.text ?? message.caption ?? describe(message),
      message.entities ?? message.caption_entities,
      this.talk.command,
    );
  }
}
