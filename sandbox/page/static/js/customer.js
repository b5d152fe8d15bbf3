// The customers' phones: whose phone it is, and that person's chat with the bot.

import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { askPerson } from "./dialogs.js";
import { el, icon, iconButton, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { complain } from "./notices.js";
import { avatar, nameOf } from "./people.js";
import { PhoneRail } from "./phonerail.js";
import { ReplyKeyboard } from "./replykeyboard.js";
import { markSeen } from "./seen.js";
import { customers, privateChat } from "./select.js";

export class CustomerPane {
  #chosen = null;

  constructor(store, element) {
    this.store = store;
    this.element = element;
    this.rail = new PhoneRail({ choose: (user) => this.choose(user.id), add: () => this.#add() });
    this.header = el("header", { class: "phone-header" });
    this.talk = new Conversation(store, { empty: this.#empty(), named: false });
    this.start = el("button", { type: "button", class: "start", on: { click: () => this.#start() } });
    this.keyboard = new ReplyKeyboard(this.talk);
    this.talk.element.append(this.start, this.keyboard.element);
    const screen = el("div", { class: "screen" }, statusBar(), this.header, this.talk.element, el("div", { class: "home-line", "aria-hidden": "true" }));
    this.phone = el("div", { class: "phone" }, screen);
    element.append(this.rail.element, this.phone);
  }

  /** Take this person's phone in hand. */
  choose(id) {
    this.#chosen = id;
    this.store.tell();
  }

  /** Draw; returns how many messages wait on all customers' phones. */
  draw(visible) {
    const people = this.rail.draw(this.store, this.user()?.id);
    const user = this.user();
    this.phone.classList.toggle("nobody", !user);
    if (user) this.#drawPhone(user, visible);
    return people.filter((person) => person.customer).reduce((sum, person) => sum + person.unread, 0);
  }

  user() {
    return this.store.world.users.find((user) => user.id === this.#chosen) ?? customers(this.store)[0] ?? this.store.world.users[0];
  }

  #drawPhone(user, visible) {
    const chat = privateChat(this.store, user);
    const bot = this.store.user(chat.bot);
    const isOwn = (message) => message.from?.id === user.id;
    if (visible && markSeen(chat.place, chat.messages)) this.store.tell();
    const typing = this.store.isTyping(user.id, 0);
    reconcile(this.header, [{ key: "bot", signature: [user.id, user.blocked, user.deactivated, bot && nameOf(bot), typing].join(), build: () => this.#title(user, bot, typing) }]);
    const seat = { place: chat.place, bot: chat.bot, from: user.id, isOwn, mayDelete: isOwn, placeholder: "Message" };
    this.talk.show(seat, chat.messages, typing);
    this.keyboard.draw(chat.messages);
    this.start.hidden = chat.messages.length > 0 && !user.blocked;
    this.start.textContent = user.blocked ? "Unblock and restart" : "Start";
    this.talk.composer.element.hidden = !this.start.hidden;
  }

  #title(user, bot, typing) {
    const state = user.blocked ? "blocked" : typing ? "typing…" : "bot";
    const lines = el("div", { class: "title-lines" }, el("h2", { text: bot ? nameOf(bot) : "No bot yet" }), el("span", { class: typing ? "typing-word" : "", text: state }));
    const more = iconButton("more", "Chat menu", (event) => this.#menu(user, event.currentTarget), { "aria-haspopup": "menu", "data-focus": "menu" });
    return el("div", { class: "title-bar" }, bot ? avatar(bot) : null, lines, more);
  }

  #menu(user, anchor) {
    openMenu(anchor, [
      { label: "Block the bot", icon: "block", checked: !!user.blocked, run: () => this.#change(user, { blocked: !user.blocked }) },
      { label: "Account deleted", icon: "trash", checked: !!user.deactivated, run: () => this.#change(user, { deactivated: !user.deactivated }) },
      { label: "Send /start", icon: "send", run: () => this.talk.command("/start") },
    ]);
  }

  async #change(user, change) {
    try {
      const { bot } = privateChat(this.store, user);
      await api.changeUser(user.id, { bot, ...change });
      await this.store.load();
    } catch (error) {
      complain(this.talk.element, error);
    }
  }

  async #start() {
    const user = this.user();
    if (user.blocked) await this.#change(user, { blocked: false });
    await this.talk.command("/start");
    this.talk.composer.box.focus();
  }

  #add() {
    askPerson("New customer", async (person) => {
      const user = await api.addUser(person);
      await this.store.load();
      this.choose(user.id);
    });
  }

  #empty() {
    return el("div", { class: "hello" }, el("span", { class: "hello-mark" }, icon("smile")), el("b", { text: "What can this bot do?" }), el("p", { text: "Press Start to write to the help desk, as a customer would." }));
  }
}

const statusBar = () => el("div", { class: "status-bar", "aria-hidden": "true" }, el("span", { class: "status-time", text: "9:41" }), el("span", { class: "notch" }), el("span", { class: "status-signs" }, el("i"), el("i"), el("i"), el("b")));
