// A thread and its composer: what the customer's phone and the staff group have in common.

import * as api from "./api.js";
import { mediaOf } from "./attachments.js";
import { pressButton } from "./callbacks.js";
import { Composer } from "./composer.js";
import { service } from "./describe.js";
import { el } from "./dom.js";
import { openMenu } from "./menu.js";
import { MessageList } from "./messagelist.js";
import { complain } from "./notices.js";
import { reactionPicker } from "./reactions.js";

/**
 * The seat says who speaks where:
 * {place, chat, bot, thread, from, anonymous, placeholder, isOwn(message), mayDelete(message)}.
 */
export class Conversation {
  seat = { place: "", isOwn: () => false, mayDelete: () => false };

  constructor(store, { empty, named }) {
    this.store = store;
    this.named = named;
    this.list = new MessageList(empty);
    this.composer = new Composer({
      submit: (draft) => this.#submit(draft),
      sample: (message) => this.#attempt(() => this.#say(message)),
      editLast: () => this.#editLast(),
    });
    this.element = el("div", { class: "conversation" }, this.list.element, this.composer.element);
  }

  show(seat, messages, typing) {
    this.seat = seat;
    this.messages = messages;
    this.composer.open(seat.place, seat.placeholder);
    this.list.show(seat.place, messages, this, typing);
  }

  isOwn = (message) => this.seat.isOwn(message);

  command = (text) => this.#attempt(() => this.#say({ text }));

  reply = (message) => this.composer.reply(message);

  press = (message, button) => pressButton(this.element, message, button, this.seat);

  react = (message, emoji) =>
    this.#attempt(async () => {
      await api.react(message, this.seat.bot, { from: this.seat.from, emoji });
      await this.store.readChat(message.chat.id);
      this.store.tell();
    });

  scrollTo(id) {
    if (!this.list.scrollTo(id)) complain(this.element, new Error("That message is not here any more"));
  }

  openMenu(message, anchor) {
    const text = message.text ?? message.caption;
    const mine = this.isOwn(message);
    const items = [
      { label: "Reply", icon: "reply", run: () => this.reply(message) },
      mine && text !== undefined && { label: "Edit", icon: "edit", run: () => this.composer.edit(message) },
      text && { label: "Copy text", icon: "copy", run: () => navigator.clipboard?.writeText(text) },
      this.seat.mayDelete(message) && {
        label: "Delete",
        icon: "trash",
        danger: true,
        run: () => this.#delete(message),
      },
    ];
    openMenu(
      anchor,
      items,
      reactionPicker(message, this.seat.from, (emoji) => this.react(message, emoji)),
    );
  }

  #delete(message) {
    return this.#attempt(async () => {
      await api.remove(message, this.seat.bot);
      this.store.drop(message);
    });
  }

  #editLast() {
    const last = this.messages.findLast(
      (message) => this.isOwn(message) && !service(message) && (message.text ?? message.caption),
    );
    if (last) this.composer.edit(last);
  }

  #submit(draft) {
    return this.#attempt(() => (draft.edit ? this.#change(draft) : this.#sayDraft(draft)));
  }

  async #change({ edit, text }) {
    const field = edit.text === undefined ? "caption" : "text";
    this.store.put(await api.edit(edit, this.seat.bot, { from: this.seat.from, [field]: text }));
  }

  async #sayDraft({ text, reply, files }) {
    const media = await Promise.all(files.map(mediaOf));
    const words = files.length ? { caption: text || undefined } : { text };
    const sent = media.length > 1 ? { album: media } : { media: media[0] };
    await this.#say({ ...words, ...sent, reply_to: reply?.message_id });
  }

  async #say(message) {
    const { from, bot, chat, thread, anonymous } = this.seat;
    const where = {
      from,
      bot,
      chat: chat ?? undefined,
      thread: thread || undefined,
      anonymous: anonymous || undefined,
    };
    const sent = await api.send({ ...where, ...message });
    for (const one of [sent].flat()) this.store.put(one);
    this.list.toFoot();
  }

  // True when it worked; else the person is told why not.
  async #attempt(act) {
    try {
      await act();
      return true;
    } catch (error) {
      complain(this.element, error);
      return false;
    }
  }
}
