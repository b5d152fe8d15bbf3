// The row of phones to select: customers', linked and agents' phones.

import { el, icon, reconcile } from "./dom.js";

export class PhoneRail {
  constructor({ choose, add }) {
    this.choose = choose;
    this.list = el("div", { class: "rail-list" });
    const plus = el(
      "button",
      { type: "button", class: "rail-add", "aria-label": "New customer", on: { click: add } },
      el("span", { class: "avatar avatar-add" }, icon("plus")),
      el("span", { class: "rail-name", text: "New" }),
    );
    this.element = el("nav", { class: "rail", "aria-label": "Phones" }, this.list, plus);
  }

  /** Draw the phones {key, section, name, label, face(), gone, unread}, with a heading for each section. */
  draw(phones, chosen) {
    const rows = phones.flatMap((phone, i) => {
      const row = this.#row(phone, phone.key === chosen);
      return phones[i - 1]?.section === phone.section ? [row] : [word(phone.section), row];
    });
    reconcile(this.list, rows);
  }

  #row(phone, current) {
    const { key, name, gone, unread } = phone;
    const signature = [name, gone, unread, current].join();
    return { key, signature, build: () => this.#button(phone, current) };
  }

  #button({ key, name, label, face, gone, unread }, current) {
    return el(
      "button",
      {
        type: "button",
        class: gone ? "rail-person gone" : "rail-person",
        "aria-current": current ? "true" : null,
        "data-focus": "person",
        "aria-label": `${label}${unread ? `, ${unread} unread` : ""}`,
        on: { click: () => this.choose(key) },
      },
      el(
        "span",
        { class: "rail-face" },
        face(),
        unread ? el("span", { class: "badge", text: String(unread) }) : null,
      ),
      el("span", { class: "rail-name", text: name }),
    );
  }
}

const word = (section) => ({
  key: `word ${section}`,
  signature: section,
  build: () => el("div", { class: "rail-word", text: section }),
});
