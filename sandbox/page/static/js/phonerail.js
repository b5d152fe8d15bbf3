// The row of phones one can take in hand: the customers', then the staff's own.

import { el, icon, reconcile } from "./dom.js";
import { avatar, nameOf } from "./people.js";
import { customers, privateChat, staff } from "./select.js";

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

  /** Draw everybody; returns them with what waits for each. */
  draw(store, chosen) {
    const from = (users, customer) => users.map((user) => ({ user, customer, ...privateChat(store, user) }));
    const people = [...from(customers(store), true), ...from(staff(store), false)];
    const firstStaff = people.findIndex((person) => !person.customer);
    const rows = people.map((person) => this.#row(person, person.user.id === chosen));
    if (firstStaff >= 0)
      rows.splice(firstStaff, 0, {
        key: "staff",
        signature: "",
        build: () => el("div", { class: "rail-word", text: "Staff" }),
      });
    if (firstStaff !== 0 && people.length)
      rows.unshift({
        key: "customers",
        signature: "",
        build: () => el("div", { class: "rail-word", text: "Customers" }),
      });
    reconcile(this.list, rows);
    return people;
  }

  #row({ user, unread, blocked }, current) {
    const signature = [nameOf(user), blocked, user.deactivated, unread, current].join();
    return {
      key: user.id,
      signature,
      build: () => this.#button(user, unread, blocked || user.deactivated, current),
    };
  }

  #button(user, unread, gone, current) {
    return el(
      "button",
      {
        type: "button",
        class: gone ? "rail-person gone" : "rail-person",
        "aria-current": current ? "true" : null,
        "data-focus": "person",
        "aria-label": `${nameOf(user)}'s phone${unread ? `, ${unread} unread` : ""}`,
        on: { click: () => this.choose(user) },
      },
      el(
        "span",
        { class: "rail-face" },
        avatar(user),
        unread ? el("span", { class: "badge", text: String(unread) }) : null,
      ),
      el("span", { class: "rail-name", text: nameOf(user) }),
    );
  }
}
