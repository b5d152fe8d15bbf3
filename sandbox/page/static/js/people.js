// Names and avatars of users, bots and chats.

import { el } from "./dom.js";

export const ANONYMOUS_BOT = 1087968824;

/** Return the displayed name of a user, bot or chat. */
export function nameOf(who) {
  if (!who) return "Deleted account";
  if (who.title) return who.title;
  return [who.first_name, who.last_name].filter(Boolean).join(" ") || who.username || `User ${who.id}`;
}

/** Return the displayed sender of a message: the group itself for an anonymous admin. */
export const senderOf = (message) => message.sender_chat ?? message.from;

/** Return true for a message sent in the group's own name. */
export const isAnonymous = (message) =>
  message.from?.id === ANONYMOUS_BOT || (!!message.sender_chat && message.sender_chat.id === message.chat.id);

function initials(who) {
  const words = nameOf(who)
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word) => [...word].find((char) => /[\p{L}\p{N}]/u.test(char)) ?? "";
  return words.length
    ? [words[0], words.length > 1 ? words.at(-1) : ""].map(first).join("").toUpperCase()
    : "?";
}

const BOT_TINT = 3;

/** Return a person's avatar colour, one of eight and always the same; bots share one. */
export function tintOf(who) {
  if (who?.is_bot && who.id !== ANONYMOUS_BOT) return BOT_TINT;
  return Math.imul(Math.abs(Number(who?.id ?? 0)) % 2 ** 31, 0x9e3779b1) >>> 29;
}

/** Return a round picture with the initials. */
export function avatar(who, extra = "") {
  const mark = who?.is_bot && who.id !== ANONYMOUS_BOT ? "avatar-bot" : "";
  return el("span", {
    class: `avatar tint-${tintOf(who)} ${mark} ${extra}`,
    "aria-hidden": "true",
    text: initials(who),
  });
}
