// The page's copy of WhatsApp's state: read once, kept current by events.

import { sides } from "./api.js";
import { customersOf, linesOf } from "./known.js";
import { shaped } from "./shape.js";

const TYPING_MS = 25_000;
const READERS = 6; // chats read at the same time
const ABOUT_CHATS = new Set(["message", "status", "reaction", "read", "chat"]);
const UNREAD = new Set(["sent", "delivered", "pending"]);

export class WhatsApp {
  lines = [];
  people = [];
  #chats = new Map(); // "line key|person key" -> {messages, typing}
  #typing = new Map(); // the same keys -> the time it ends, for the Cloud API
  #stale = new Set();
  #refreshing = false;

  /** `tell()` is called after every change. */
  constructor(tell) {
    this.tell = tell;
  }

  /** Read everything again. */
  async load() {
    await this.#readWorld();
    await this.#readChats([...this.#chats.keys()]);
    this.tell();
  }

  /** Apply one change of either stand-in. */
  apply(change) {
    const { kind, number, customer } = change;
    if (kind === "waha_chat") this.#stale.add(keyOf(`waha/${change.session}`, `waha/${change.phone}`));
    else if (kind.startsWith("waha_")) this.#stale.add("world");
    else if (kind === "typing") this.#showTyping(keyOf(`cloud/${number}`, `cloud/${customer}`));
    else if (ABOUT_CHATS.has(kind)) this.#stale.add(keyOf(`cloud/${number}`, `cloud/${customer}`));
    else this.#stale.add("world");
    this.#refresh();
  }

  /** Return the lines that this customer can write to, most recently used first. */
  linesFor(person) {
    const last = (line) => this.messages(line, person).at(-1)?.date ?? 0;
    return this.lines.filter((line) => line.side === person.side).sort((a, b) => last(b) - last(a));
  }

  messages = (line, person) => this.#chats.get(keyOf(line.key, person.key))?.messages ?? [];

  isTyping(line, person) {
    const key = keyOf(line.key, person.key);
    return !!this.#chats.get(key)?.typing || (this.#typing.get(key) ?? 0) > Date.now();
  }

  /** Return the number of messages from this line that the customer has not read. */
  unread = (line, person) =>
    this.messages(line, person).filter((one) => isFrom(line, one) && UNREAD.has(one._tick)).length;

  /** Read one chat again. */
  async readChat(line, person) {
    const { messages, typing } = await sides[line.side].chat(line, person);
    const chat = { messages: shaped(messages, line, person), typing };
    if (isFrom(line, chat.messages.at(-1))) this.#typing.delete(keyOf(line.key, person.key));
    this.#chats.set(keyOf(line.key, person.key), chat);
    this.tell();
  }

  #showTyping(key) {
    this.#typing.set(key, Date.now() + TYPING_MS);
    setTimeout(() => this.tell(), TYPING_MS + 50);
    this.tell();
  }

  // One read at a time: the next round covers changes that come meanwhile.
  async #refresh() {
    if (this.#refreshing || !this.#stale.size) return;
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
    const known = stale.filter((key) => this.#chats.has(key));
    if (known.length < stale.length) await this.#readWorld();
    await this.#readChats(known);
  }

  async #readWorld() {
    const [cloud, waha] = await Promise.all([sides.cloud.state(), sides.waha.state()]);
    this.lines = linesOf({ cloud, waha });
    this.people = customersOf({ cloud, waha });
    const keys = new Set([
      ...cloud.chats.map((chat) => keyOf(`cloud/${chat.number}`, `cloud/${chat.customer}`)),
      ...waha.chats.map((chat) => keyOf(`waha/${chat.session}`, `waha/${chat.phone}`)),
    ]);
    for (const key of this.#chats.keys()) if (!keys.has(key)) this.#chats.delete(key);
    await this.#readChats([...keys].filter((key) => !this.#chats.has(key)));
  }

  async #readChats(keys) {
    const waiting = [...keys];
    const reader = async () => {
      while (waiting.length) await this.#readByKey(waiting.pop());
    };
    await Promise.all(Array.from({ length: READERS }, reader));
  }

  async #readByKey(key) {
    const [line, person] = key.split("|");
    const found = [this.lines.find((one) => one.key === line), this.people.find((one) => one.key === person)];
    if (found.every(Boolean)) await this.readChat(...found).catch(() => {});
  }
}

const isFrom = (author, message) => message?.from.id === author.shown.id;

const keyOf = (line, person) => `${line}|${person}`;
