// Actions of a WhatsApp customer in a chat with one line.

import { sides } from "./api.js";

/** The actions of a conversation; the seat has its `line` and its `person`. */
export const whatsappActs = (store) => {
  const act =
    (does) =>
    async ({ line, person }, ...what) => {
      await does(sides[line.side], line, person, ...what);
      await store.readChat(line, person);
    };
  return {
    say: act(async (side, line, person, message) => {
      for (const one of parts(message)) await side.say(line, person, one);
    }),
    edit: act((side, line, person, message, text) => side.edit(line, person, message.message_id, text)),
    remove: act((side, line, person, message) => side.remove(line, person, message.message_id)),
    react: act((side, line, person, message, emoji) => side.react(line, person, message.message_id, emoji)),
    press: act((side, line, person, message, button) =>
      side.press(line, person, message.message_id, button.callback_data),
    ),
    read: act((side, line, person) => side.read(line, person)),
    block: act((side, line, person, blocked) => side.block(line, person, blocked)),
  };
};

/** WhatsApp sends an album as separate messages; the first has the text. */
function parts(message) {
  if (!message.album) return [message];
  const { album, caption, reply_to } = message;
  return album.map((media, i) => (i ? { media } : { media, caption, reply_to }));
}
