// A customer's WhatsApp: the chat with one of the business's lines.

import { Conversation } from "../conversation.js";
import { el, icon, iconButton, reconcile } from "../dom.js";
import { openMenu } from "../menu.js";
import { complain } from "../notices.js";
import { avatar } from "../people.js";
import { whatsappActs } from "./acts.js";
import { blocks } from "./known.js";

export class ChatScreen {
  #chosen = new Map(); // customer -> the selected line
  #reading = new Set(); // chats whose read receipt is being sent
  #unreceipted = new Set(); // customers who send no read receipts

  constructor(store) {
    this.store = store;
    this.acts = whatsappActs(store);
    this.header = el("header", { class: "phone-header" });
    this.talk = new Conversation({ empty: hello(), named: false });
    this.parts = [this.header, this.talk.element];
  }

  /** Return the line of this customer's open chat, if there is any. */
  line(person) {
    const lines = this.store.linesFor(person);
    return lines.find((line) => line.key === this.#chosen.get(person.key)) ?? lines[0];
  }

  draw(person, visible) {
    const line = this.line(person);
    const typing = !!line && this.store.isTyping(line, person);
    const messages = line ? this.store.messages(line, person) : [];
    // An open chat stays open when a message arrives in another one.
    if (messages.length) this.#chosen.set(person.key, line.key);
    const lines = this.store.linesFor(person);
    const blocked = !!line && blocks(person, line);
    reconcile(this.header, [
      {
        key: "line",
        signature: JSON.stringify([person.key, line?.key, lines.map(titleOf), blocked, typing]),
        build: () => this.#title(person, line, lines, blocked, typing),
      },
    ]);
    this.talk.show(this.#seat(line, person), messages, typing);
    this.talk.composer.element.hidden = !line;
    if (visible && line && !this.#unreceipted.has(person.key)) this.#read(line, person);
  }

  #seat(line, person) {
    const isOwn = (message) => message.from.id === person.shown.id;
    return {
      place: `whatsapp/${line?.key}/${person.key}`,
      from: person.shown.id,
      line,
      person,
      isOwn,
      mayDelete: (message) => isOwn(message) && !message._deleted,
      placeholder: "Message",
      acts: this.acts,
    };
  }

  // A customer who looks at a chat has read it, so WhatsApp sends a read receipt.
  async #read(line, person) {
    const chat = `${line.key}|${person.key}`;
    if (this.#reading.has(chat) || !this.store.unread(line, person)) return;
    this.#reading.add(chat);
    await this.acts.read({ line, person }).catch(() => {});
    this.#reading.delete(chat);
  }

  #title(person, line, lines, blocked, typing) {
    const state = blocked ? "blocked" : typing ? "typing…" : (line?.note ?? "");
    const titles = el(
      "div",
      { class: "title-lines" },
      this.#lineName(person, line, lines),
      el("span", { class: typing ? "typing-word" : "", text: state }),
    );
    const more = iconButton("more", "Chat menu", (event) => this.#menu(person, line, event.currentTarget), {
      "aria-haspopup": "menu",
      "data-focus": "menu",
    });
    return el("div", { class: "title-bar" }, line ? avatar(line.shown) : null, titles, line ? more : null);
  }

  #lineName(person, line, lines) {
    if (lines.length < 2) return el("h2", { text: line ? line.name : "No number yet" });
    const choice = el(
      "select",
      {
        "aria-label": "Which number",
        "data-focus": "line",
        on: { change: () => this.#choose(person, choice.value) },
      },
      lines.map((one) => el("option", { value: one.key, text: titleOf(one) })),
    );
    choice.value = line.key;
    return choice;
  }

  #choose(person, key) {
    this.#chosen.set(person.key, key);
    this.store.tell();
  }

  #menu(person, line, anchor) {
    const blocked = blocks(person, line);
    const silent = this.#unreceipted.has(person.key);
    openMenu(anchor, [
      {
        label: "Send read receipts",
        icon: "check",
        checked: !silent,
        run: () => {
          if (silent) this.#unreceipted.delete(person.key);
          else this.#unreceipted.add(person.key);
          this.store.tell();
        },
      },
      {
        label: "Block this number",
        icon: "block",
        checked: blocked,
        run: () => this.#block(line, person, !blocked),
      },
    ]);
  }

  async #block(line, person, blocked) {
    try {
      await this.acts.block({ line, person }, blocked);
      await this.store.load();
    } catch (error) {
      complain(this.talk.element, error);
    }
  }
}

const titleOf = ({ name, note }) => (note ? `${name} · ${note}` : name);

const hello = () =>
  el(
    "div",
    { class: "hello" },
    el("span", { class: "hello-mark" }, icon("smile")),
    el("b", { text: "Write on WhatsApp" }),
    el("p", { text: "The help desk answers here, as on any customer's phone." }),
  );
