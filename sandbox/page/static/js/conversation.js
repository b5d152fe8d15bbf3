// A thread and its composer, used by the customer's phone and by the staff group.

import { mediaOf } from "./attachments.js";
import { Composer } from "./composer.js";
import { service } from "./describe.js";
import { el } from "./dom.js";
import { openMenu } from "./menu.js";
import { MessageList } from "./messagelist.js";
import { complain } from "./notices.js";
import { reactionPicker } from "./reactions.js";

/**
 * The seat describes the speaker and the place:
 * {place, chat, bot, thread, from, anonymous, placeholder, isOwn(message), mayDelete(message), acts},
 * and its acts are the possible actions: say, edit, remove, react, press (see acts.js).
 */
export class Conversation {
  seat = { place: "", isOwn: () => false, mayDelete: () => false };

  constructor({ empty, named }) {
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

  press = (message, button) =>
    this.#attempt(() => this.seat.acts.press(this.seat, message, button, this.element));

  react = (message, emoji) => this.#attempt(() => this.seat.acts.react(this.seat, message, emoji));

  scrollTo(id) {
    if (!this.list.scrollTo(id)) complain(this.element, new Error("This message is no longer here"));
  }

  openMenu(message, anchor) {
    const text = message.text ?? message.caption;
    const mine = this.isOwn(message);
    const items = [
      { label: "Reply", icon: "reply", run: () => this.reply(message) },
      mine &&
        text !== undefined &&
        !message._deleted && { label: "Edit", icon: "edit", run: () => this.composer.edit(message) },
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
    return this.#attempt(() => this.seat.acts.remove(this.seat, message));
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

  #change = ({ edit, text }) => this.seat.acts.edit(this.seat, edit, text);

  async #sayDraft({ text, reply, files }) {
    const media = await Promise.all(files.map(mediaOf));
    const words = files.length ? { caption: text || undefined } : { text };
    const sent = media.length > 1 ? { album: media } : { media: media[0] };
    await this.#say({ ...words, ...sent, reply_to: reply?.message_id });
  }

  async #say(message) {
    await this.seat.acts.say(this.seat, message);
    this.list.toFoot();
  }

  // Return true if it worked; otherwise show the reason.
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
