// A person's Telegram: the private chat with the bot.

import { telegramActs } from "./acts.js";
import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { confirmBox } from "./dialogs.js";
import { el, icon, iconButton, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { play } from "./miniapp.js";
import { complain } from "./notices.js";
import { avatar, nameOf } from "./people.js";
import { markSeen } from "./seen.js";
import { privateChat, privateTopics } from "./select.js";
import { TopicStrip } from "./topicstrip.js";

export class TelegramScreen {
  #thread = 0;

  constructor(store) {
    this.store = store;
    this.acts = telegramActs(store);
    this.header = el("header", { class: "phone-header" });
    this.talk = new Conversation({ empty: hello(), named: false });
    this.start = el("button", { type: "button", class: "start", on: { click: () => this.#start() } });
    this.talk.element.append(this.start);
    this.strip = new TopicStrip((thread) => this.#choose(thread));
    this.parts = [this.header, this.strip.element, this.talk.element];
  }

  draw(user, visible) {
    this.user = user;
    const chat = privateChat(this.store, user);
    const bot = this.store.user(chat.bot);
    const isOwn = (message) => message.from?.id === user.id;
    const topics = privateTopics(this.store, user);
    const shown = topics.find((topic) => topic.thread === this.#thread) ?? { ...chat, thread: 0 };
    this.strip.draw(topics, shown.thread);
    const wasNew = visible && [chat, shown].map(({ place, messages }) => markSeen(place, messages));
    if (wasNew && wasNew.includes(true)) this.store.tell();
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
          shown.thread,
        ].join(),
        build: () => this.#title(user, chat, shown, typing),
      },
    ]);
    const seat = {
      place: shown.place,
      bot: chat.bot,
      thread: shown.thread,
      from: user.id,
      isOwn,
      mayDelete: isOwn,
      placeholder: "Message",
      acts: this.acts,
    };
    this.talk.show(seat, shown.messages, typing);
    this.#drawMenu(user, bot, chat.menu);
    this.start.hidden = chat.messages.length > 0 && !chat.blocked;
    this.start.textContent = chat.blocked ? "Unblock and restart" : "Start";
    this.talk.composer.element.hidden = !this.start.hidden;
  }

  /** The button that a bot has put beside the field, if it opens a Mini App. */
  #drawMenu(user, bot, menu) {
    const page = menu?.web_app?.url;
    const build = () =>
      el("button", {
        type: "button",
        class: "menu-button",
        text: menu.text,
        on: { click: () => play({ user: user.id, bot, url: page }, this.talk.element) },
      });
    const rows = page ? [{ key: page, signature: `${user.id} ${bot.id} ${menu.text}`, build }] : [];
    reconcile(this.talk.composer.menu, rows);
  }

  #choose(thread) {
    this.#thread = thread;
    this.store.tell();
  }

  #title(user, chat, topic, typing) {
    const bot = this.store.user(chat.bot);
    const state = chat.blocked ? "blocked" : typing ? "typing…" : "bot";
    const lines = el(
      "div",
      { class: "title-lines" },
      this.#botName(bot),
      el("span", { class: typing ? "typing-word" : "", text: state }),
    );
    const more = iconButton("more", "Chat menu", (event) => this.#menu(user, chat, topic, event.currentTarget), {
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

  #menu(user, chat, topic, anchor) {
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
      topic.thread && {
        label: "Delete the topic",
        icon: "trash",
        danger: true,
        run: () => confirmBox(`Delete “${topic.name}” and all its messages?`, "Delete", () => this.#drop(topic)),
      },
    ]);
  }

  #drop(topic) {
    return this.#attempt(() => api.deleteTopic(this.user.id, topic.thread, this.store.bot));
  }

  #change(user, change) {
    const { bot } = privateChat(this.store, user);
    return this.#attempt(() => api.changeUser(user.id, { bot, ...change }));
  }

  async #attempt(act) {
    try {
      await act();
      await this.store.load();
    } catch (error) {
      complain(this.talk.element, error);
    }
  }

  async #start() {
    const { user } = this;
    if (privateChat(this.store, user).blocked) await this.#change(user, { blocked: false });
    await this.talk.command("/start");
    this.talk.composer.box.focus();
  }
}

const hello = () =>
  el(
    "div",
    { class: "hello" },
    el("span", { class: "hello-mark" }, icon("smile")),
    el("b", { text: "What can this bot do?" }),
    el("p", { text: "Press Start to write to the help desk, as a customer would." }),
  );
