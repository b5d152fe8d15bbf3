// The customers' phones: the selected phone and its open screen.

import * as api from "./api.js";
import { clock } from "./dates.js";
import { askPerson } from "./dialogs.js";
import { el } from "./dom.js";
import { avatar, nameOf } from "./people.js";
import { PhoneRail } from "./phonerail.js";
import { customers, privateChat, staff } from "./select.js";
import { TelegramScreen } from "./telegramscreen.js";
import { sides } from "./whatsapp/api.js";
import { ChatScreen } from "./whatsapp/chatscreen.js";
import { blocks } from "./whatsapp/known.js";
import { LinkScreen } from "./whatsapp/linkscreen.js";

export class CustomerPane {
  #chosen = null;

  constructor(store, whatsapp, element) {
    this.store = store;
    this.whatsapp = whatsapp;
    this.element = element;
    this.rail = new PhoneRail({ choose: (key) => this.choose(key), add: () => this.#add() });
    this.screens = {
      telegram: new TelegramScreen(store),
      whatsapp: new ChatScreen(whatsapp),
      link: new LinkScreen(whatsapp),
    };
    this.time = el("span");
    this.app = el("div", { class: "app" });
    const line = el("div", { class: "home-line", "aria-hidden": "true" });
    const screen = el("div", { class: "screen" }, statusBar(this.time), this.app, line);
    const nobody = el("p", { class: "nothing", text: "No customers yet. Add one with +." });
    this.phone = el("div", { class: "phone" }, screen, nobody);
    element.append(this.rail.element, this.phone);
  }

  /** Select the phone with this key. */
  choose(key) {
    this.#chosen = key;
    this.store.tell();
  }

  /** Draw; return the number of unread messages on all customers' phones. */
  draw(visible) {
    const phones = this.#phones();
    const current = phones.find((phone) => phone.key === this.#chosen) ?? phones[0];
    this.rail.draw(phones, current?.key);
    this.time.textContent = clock(Date.now() / 1000);
    this.phone.className = current ? `phone on-${current.app}` : "phone nobody on-telegram";
    this.#open(this.screens[current?.app ?? "telegram"]);
    if (current) this.screens[current.app].draw(current.who, visible);
    return phones.filter((phone) => phone.counts).reduce((sum, phone) => sum + phone.unread, 0);
  }

  #open(screen) {
    if (this.app.firstElementChild !== screen.parts[0]) this.app.replaceChildren(...screen.parts);
  }

  #phones() {
    return [
      ...customers(this.store).map((user) => this.#telegram(user, "Customers")),
      ...this.whatsapp.people.map((person) => this.#whatsapp(person)),
      ...this.whatsapp.lines.filter(({ side }) => side === "waha").map(linkPhone),
      ...staff(this.store).map((user) => this.#telegram(user, "Staff")),
    ];
  }

  #telegram(user, section) {
    const { unread, blocked } = privateChat(this.store, user);
    const name = nameOf(user);
    return {
      key: user.id,
      app: "telegram",
      section,
      who: user,
      name,
      label: `${name}'s phone`,
      face: () => avatar(user),
      gone: blocked || !!user.deactivated,
      unread,
      counts: section === "Customers",
    };
  }

  #whatsapp(person) {
    const line = this.screens.whatsapp.line(person);
    const lines = this.whatsapp.linesFor(person);
    return {
      key: person.key,
      app: "whatsapp",
      section: "WhatsApp",
      who: person,
      name: person.name,
      label: `${person.name}'s WhatsApp`,
      face: () => avatar(person.shown),
      gone: !!line && blocks(person, line),
      unread: lines.reduce((sum, one) => sum + this.whatsapp.unread(one, person), 0),
      counts: true,
    };
  }

  #add() {
    const known = [...this.store.world.users, ...this.whatsapp.people.map((person) => person.shown)];
    askPerson("New customer", known, (person) => this.#added(person), this.#channels());
  }

  /** The channels of a new customer: Telegram, and WhatsApp if it has a number. */
  #channels() {
    const has = (side) => this.whatsapp.lines.some((line) => line.side === side);
    return [
      { value: "telegram", label: "Telegram" },
      has("cloud") && { value: "cloud", label: "WhatsApp · Cloud API" },
      has("waha") && { value: "waha", label: "WhatsApp · linked phone" },
    ].filter(Boolean);
  }

  async #added({ channel = "telegram", phone, ...person }) {
    if (channel === "telegram") {
      const user = await api.addUser(person);
      await this.store.load();
      return this.choose(user.id);
    }
    const digits = phone ? phone.replace(/\D/gu, "") : freshPhone();
    const added = await sides[channel].add(nameOf(person), digits);
    await this.whatsapp.load();
    return this.choose(`${channel}/${channel === "cloud" ? added.id : added.phone}`);
  }
}

// Phone numbers that Germany reserves for films.
const freshPhone = () => `4917139200${String(Math.floor(Math.random() * 90) + 10)}`;

const linkPhone = (line) => ({
  key: line.key,
  app: "link",
  section: "Linked",
  who: line,
  name: line.id,
  label: `The phone of session ${line.id}`,
  face: () => el("span", { class: "avatar avatar-link", "aria-hidden": "true", text: "QR" }),
  gone: line.facts.status !== "WORKING",
  unread: 0,
  counts: false,
});

const statusBar = (time) =>
  el(
    "div",
    { class: "status-bar", "aria-hidden": "true" },
    time,
    el("span", { class: "notch" }),
    el("span", { class: "status-signs" }, el("i"), el("i"), el("i"), el("b")),
  );
