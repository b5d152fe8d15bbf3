// The page's copy of the sandbox's state: read once, kept current by events.

import { readMessages, readState } from "./api.js";

const TYPING_MS = 5000;
const READERS = 6; // chats read at the same time
const ABOUT_PEOPLE = new Set(["group", "user", "topic"]);
const MARKS = new Set(["reaction", "pinned", "topic"]); // events that do not contain the change

export class Store extends EventTarget {
  world = { bots: [], users: [], groups: [], private: [] };
  chats = new Map(); // chat id -> Map(message id -> message)
  typing = new Map(); // "chat/thread" -> the time it ends
  bot = null; // the bot whose private chats are shown
  #told = false;
  #stale = new Set();
  #refreshing = false;

  /** Read everything again: at the start and after each reconnection. */
  async load() {
    await this.#readWorld();
    const ids = this.chatIds();
    await this.#readChats(ids);
    for (const id of this.chats.keys()) if (!ids.includes(id)) this.chats.delete(id);
    this.tell();
  }

  /** Show the private chats of another bot. */
  chooseBot(id) {
    this.bot = id;
    return this.load();
  }

  chatIds() {
    const privates = this.world.private.filter((chat) => chat.bot_id === this.bot);
    return [...this.world.groups.map((group) => group.id), ...privates.map((chat) => chat.chat_id)];
  }

  async readChat(chat) {
    const before = new Map(this.chats.get(chat));
    const read = await readMessages(chat, this.bot).catch(() => []);
    const messages = new Map(read.map((message) => [message.message_id, message]));
    const now = this.chats.get(chat) ?? new Map();
    // Changes by events that arrived while the request ran are newer than the answer.
    for (const [id, message] of now) if (before.get(id) !== message) messages.set(id, message);
    for (const id of before.keys()) if (!now.has(id)) messages.delete(id);
    this.chats.set(chat, messages);
  }

  /** Apply one change of the sandbox. */
  apply(change) {
    const { kind, chat_id: chat, message } = change;
    if (kind === "reset") return this.load();
    if (kind === "action") this.#showTyping(change);
    if (message) this.#take(message);
    if (kind === "deleted") this.drop({ chat: { id: chat }, message_id: change.message_id });
    if (MARKS.has(kind)) this.#stale.add(chat);
    if (ABOUT_PEOPLE.has(kind)) this.#stale.add("world");
    if (this.#stale.size) this.#refresh();
    return this.tell();
  }

  // A private chat's event does not name the bot: read the chats if there may be several bots.
  #take(message) {
    const chat = message.chat.id;
    if (message.from?.is_bot) this.typing.delete(typingKey(chat, threadOf(message)));
    if (chat > 0 && (this.world.bots.length > 1 || this.#refreshing)) this.#stale.add(chat);
    else this.put(message);
    if (!this.chats.has(chat)) this.#stale.add("world");
  }

  /** Add or replace a message; fields that the answer leaves out (reactions, pin) are kept. */
  put(message) {
    const chat = message.chat.id;
    if (!this.chats.has(chat)) this.chats.set(chat, new Map());
    const messages = this.chats.get(chat);
    const { _reactions, _pinned } = messages.get(message.message_id) ?? {};
    messages.set(message.message_id, { _reactions, _pinned, ...message });
    this.tell();
  }

  /** Remove a message. */
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

  /** Notify the views once for all changes that happen together. */
  tell() {
    if (this.#told) return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  #showTyping({ chat_id: chat, thread, bot }) {
    if (chat > 0 && bot !== this.bot) return;
    this.typing.set(typingKey(chat, thread ?? 0), Date.now() + TYPING_MS);
    setTimeout(() => this.tell(), TYPING_MS + 50);
  }

  // One read at a time: the next round covers changes that come meanwhile.
  async #refresh() {
    if (this.#refreshing) return;
    this.#refreshing = true;
    while (this.#stale.size) {
      const stale = [...this.#stale];
      this.#stale.clear();
      await this.#reread(stale).catch(() => {});
      this.tell();
    }
    this.#refreshing = false;
  }

  async #reread(stale) {
    if (stale.includes("world")) await this.#readWorld();
    await this.#readChats(this.chatIds().filter((chat) => stale.includes(chat) || !this.chats.has(chat)));
  }

  async #readWorld() {
    this.world = await readState();
    if (!this.world.bots.some((bot) => bot.id === this.bot)) this.bot = this.world.bots[0]?.id ?? null;
  }

  async #readChats(chats) {
    const waiting = [...chats];
    const reader = async () => {
      while (waiting.length) await this.readChat(waiting.pop());
    };
    await Promise.all(Array.from({ length: READERS }, reader));
  }
}

const typingKey = (chat, thread) => `${chat}/${thread}`;

/** Return the topic of a message; 0 is General. Only `is_topic_message` is reliable for that. */
export const threadOf = (message) => (message.is_topic_message ? message.message_thread_id : 0);
