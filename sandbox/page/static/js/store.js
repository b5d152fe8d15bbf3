// What the page knows of the sandbox's world: read once, kept current by events.

import { readMessages, readState } from "./api.js";

const TYPING_MS = 5000;
const READERS = 6; // chats read at the same time

export class Store extends EventTarget {
  world = { bots: [], users: [], groups: [], private: [] };
  chats = new Map(); // chat id -> Map(message id -> message)
  typing = new Map(); // "chat/thread" -> moment it ends
  #told = false;
  #stale = new Set();
  #reading = null;

  /** Read everything anew: at the start and after each reconnection. */
  async load() {
    this.world = await readState();
    const waiting = this.chatIds();
    const reader = async () => {
      while (waiting.length) await this.readChat(waiting.pop());
    };
    await Promise.all(Array.from({ length: READERS }, reader));
    this.tell();
  }

  chatIds() {
    const privates = this.world.private.map((chat) => chat.chat_id ?? chat.user_id);
    return [...new Set([...this.world.groups.map((group) => group.id), ...privates])];
  }

  async readChat(chat) {
    const messages = await readMessages(chat).catch(() => []);
    this.chats.set(chat, new Map(messages.map((message) => [message.message_id, message])));
  }

  /** Take in one change of the sandbox. */
  apply(change) {
    const { kind, chat_id: chat, message } = change;
    if (kind === "reset") this.load();
    else if (kind === "action") this.#showTyping(change);
    else if (kind === "callback") this.dispatchEvent(new CustomEvent("callback", { detail: change }));
    else if (message && (kind === "message" || kind === "edited")) this.put(message);
    else if (chat !== undefined) this.#stale.add(chat);
    const aboutPeople = kind === "group" || kind === "user" || kind === "topic";
    if (aboutPeople || (chat !== undefined && !this.chats.has(chat))) this.#stale.add("world");
    if (message && message.forum_topic_created) this.#stale.add("world");
    if (this.#stale.size) this.#refresh();
    this.tell();
  }

  /** Add or replace a message; what the answer leaves out (its reactions, its pin) is kept. */
  put(message) {
    const chat = message.chat.id;
    if (!this.chats.has(chat)) this.chats.set(chat, new Map());
    const messages = this.chats.get(chat);
    const { _reactions, _pinned } = messages.get(message.message_id) ?? {};
    messages.set(message.message_id, { _reactions, _pinned, ...message });
    if (message.from?.is_bot) this.typing.delete(typingKey(chat, threadOf(message)));
    this.tell();
  }

  /** Take a message away. */
  drop(message) {
    this.chats.get(message.chat.id)?.delete(message.message_id);
    this.tell();
  }

  messages(chat) {
    return [...(this.chats.get(chat)?.values() ?? [])].sort((a, b) => a.message_id - b.message_id);
  }

  user(id) {
    return this.world.users.find((user) => user.id === id) ?? this.world.bots.find((bot) => bot.id === id);
  }

  isTyping = (chat, thread) => (this.typing.get(typingKey(chat, thread)) ?? 0) > Date.now();

  /** Tell the views, once for whatever happens in one go. */
  tell() {
    if (this.#told) return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  #showTyping({ chat_id: chat, message_thread_id: thread }) {
    this.typing.set(typingKey(chat, thread ?? 0), Date.now() + TYPING_MS);
    setTimeout(() => this.tell(), TYPING_MS + 50);
  }

  // One reading at a time: changes that come meanwhile are covered by the next one.
  async #refresh() {
    if (this.#reading) return;
    while (this.#stale.size) {
      const stale = [...this.#stale];
      this.#stale.clear();
      this.#reading = Promise.all(stale.map((what) => this.#reread(what)));
      await this.#reading.catch(() => {});
      this.tell();
    }
    this.#reading = null;
  }

  async #reread(what) {
    if (what !== "world") return this.readChat(what);
    this.world = await readState();
    await Promise.all(this.chatIds().filter((chat) => !this.chats.has(chat)).map((chat) => this.readChat(chat)));
  }
}

const typingKey = (chat, thread) => `${chat}/${thread}`;

/** The topic a message stands in; 0 is General. Only `is_topic_message` can be trusted for that. */
export const threadOf = (message) => (message.is_topic_message ? message.message_thread_id : 0);
