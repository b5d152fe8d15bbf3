// Actions of a Telegram user; WhatsApp's phones have their own.

import * as api from "./api.js";
import { readBotLink } from "./buttons.js";
import { pressButton } from "./callbacks.js";
import { play } from "./miniapp.js";

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

  async press(seat, message, button, place) {
    const found = button.url && readBotLink(button.url);
    if (button.web_app) await play({ user: seat.from, bot: message.from, url: button.web_app.url }, place);
    else if (found) await followBotLink(store, seat, found);
    else await pressButton(place, message, button, seat);
  },
});

/** Open the bot's private chat on the phone of who followed the link, and press Start there. */
async function followBotLink(store, { from }, { username, start }) {
  const bot = store.world.bots.find((one) => one.username === username);
  if (!bot) throw new Error(`There is no bot @${username}`);
  await api.send({ from, bot: bot.id, text: `/start ${start}` });
  await store.chooseBot(bot.id);
  store.dispatchEvent(new CustomEvent("visit", { detail: from }));
}
