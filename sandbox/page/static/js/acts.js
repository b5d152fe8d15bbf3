// Actions of a Telegram user; WhatsApp's phones have their own.

import * as api from "./api.js";
import { pressButton } from "./callbacks.js";

/** The actions of a conversation: each calls the sandbox, then updates the page. */
export const telegramActs = (store) => ({
  async say({ from, bot, chat, thread, anonymous }, message) {
    const where = {
      from,
      bot,
      chat: chat ?? undefined,
      thread: thread || undefined,
      anonymous: anonymous || undefined,
    };
    const sent = await api.send({ ...where, ...message });
    for (const one of [sent].flat()) store.put(one);
  },

  async edit({ from, bot }, message, text) {
    const field = message.text === undefined ? "caption" : "text";
    store.put(await api.edit(message, bot, { from, [field]: text }));
  },

  async remove({ bot }, message) {
    await api.remove(message, bot);
    store.drop(message);
  },

  async react({ from, bot }, message, emoji) {
    await api.react(message, bot, { from, emoji });
    await store.readChat(message.chat.id);
    store.tell();
  },

  press: (seat, message, button, place) => pressButton(place, message, button, seat),
});
