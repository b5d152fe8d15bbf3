// The customers' phones: whose phone it is, and that person's chat with the bot.

import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { clock } from "./dates.js";
import { askPerson } from "./dialogs.js";
import { el, icon, iconButton, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { complain } from "./notices.js";
import { avatar, nameOf } from "./people.js";
import { PhoneRail } from "./phonerail.js";
import { markSeen } from "./seen.js";
import { customers, privateChat } from "./select.js";

export class CustomerPane {
  #chosen = null;

  constructor(store, element) {
    this.store = store;
    this.element = element;
    this.rail = new PhoneRail({ choose: (user) => this.choose(user.id), add: () => this.#add() });
    this.time = el("span");
    this.header = el("header", { class: "phone-header" });
    this.talk = new Conversation(store, { empty: this.#empty(), named: false });
    this.start = el("button", { type: "button", class: "start", on: { click: () => this.#start() } });
    this.talk.element.append(this.start);
    const screen = el(
      "div",
      { class: "screen" },
      statusBar(this.time),
      this.header,
      this.talk.element,
      el("div", { class: "home-line", "aria-hidden": "true" }),
    );
    const nobody = el("p", { class: "nothing", text: "No customers yet: add one with +" });
    this.phone = el("div", { class: "phone" }, screen, nobody);
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
    this.time.textContent = clock(Date.now() / 1000);
    this.phone.classList.toggle("nobody", !user);
    if (user) this.#drawPhone(user, visible);
    return people.filter((person) => person.customer).reduce((sum, person) => sum + person.unread, 0);
  }

  user() {
    return (
      this.store.world.users.find((user) => user.id === this.#chosen) ??
      customers(this.store)[0] ??
      this.store.world.users[0]
    );
  }

  #drawPhone(user, visible) {
    const chat = privateChat(this.store, user);
    const bot = this.store.user(chat.bot);
    const isOwn = (message) => message.from?.id === user.id;
    if (visible && markSeen(chat.place, chat.messages)) this.store.tell();
    const typing = this.store.isTyping(user.id, 0);
    reconcile(this.header, [
      {
        key: "bot",
        signature: [
          user.id,
          chat.blocked,
          user.deactivated,
          this.store.world.bots.map(nameOf),
          bot?.id,
          typing,
        ].join(),
        build: () => this.#title(user, chat, typing),
      },
    ]);
    const seat = {
      place: chat.place,
      bot: chat.bot,
      from: user.id,
      isOwn,
      mayDelete: isOwn,
      placeholder: "Message",
    };
    this.talk.show(seat, chat.messages, typing);
    this.start.hidden = chat.messages.length > 0 && !chat.blocked;
    this.start.textContent = chat.blocked ? "Unblock and restart" : "Start";
    this.talk.composer.element.hidden = !this.start.hidden;
  }

  #title(user, chat, typing) {
    const bot = this.store.user(chat.bot);
    const state = chat.blocked ? "blocked" : typing ? "typing…" : "bot";
    const lines = el(
      "div",
      { class: "title-lines" },
      this.#botName(bot),
      el("span", { class: typing ? "typing-word" : "", text: state }),
    );
    const more = iconButton("more", "Chat menu", (event) => this.#menu(user, chat, event.currentTarget), {
      "aria-haspopup": "menu",
      "data-focus": "menu",
    });
    return el("div", { class: "title-bar" }, bot ? avatar(bot) : null, lines, more);
  }

  #botName(bot) {
    const { bots } = this.store.world;
    if (bots.length < 2) return el("h2", { text: bot ? nameOf(bot) : "No bot yet" });
    const choice = el(
      "select",
      {
        "aria-label": "Which bot",
        "data-focus": "bot",
        on: { change: () => this.store.chooseBot(Number(choice.value)) },
      },
      bots.map((one) => el("option", { value: one.id, text: nameOf(one) })),
    );
    choice.value = String(bot.id);
    return choice;
  }

  #menu(user, chat, anchor) {
    openMenu(anchor, [
      {
        label: "Block the bot",
        icon: "block",
        checked: chat.blocked,
        run: () => this.#change(user, { blocked: !chat.blocked }),
      },
      {
        label: "Account deleted",
        icon: "trash",
        checked: !!user.deactivated,
        run: () => this.#change(user, { deactivated: !user.deactivated }),
      },
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
    if (privateChat(this.store, user).blocked) await this.#change(user, { blocked: false });
    await this.talk.command("/start");
    this.talk.composer.box.focus();
  }

  #add() {
    askPerson("New customer", this.store.world.users, async (person) => {
      const user = await api.addUser(person);
      await this.store.load();
      this.choose(user.id);
    });
  }

  #empty() {
    return el(
      "div",
      { class: "hello" },
      el("span", { class: "hello-mark" }, icon("smile")),
      el("b", { text: "What can this bot do?" }),
      el("p", { text: "Press Start to write to the help desk, as a customer would." }),
    );
  }
}

const statusBar = (time) =>
  el(
    "div",
    { class: "status-bar", "aria-hidden": "true" },
    time,
    el("span", { class: "notch" }),
    el("span", { class: "status-signs" }, el("i"), el("i"), el("i"), el("b")),
  );
