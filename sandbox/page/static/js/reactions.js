// Reactions of a message, and the row to choose one from.

import { el } from "./dom.js";

const CHOICE = ["👍", "❤", "🔥", "🎉", "😁", "🙏", "👎"];

/** Return a message's reactions with their counts, or null; a press adds or removes the user's own. */
export function renderReactions(message, viewer, react) {
  const given = message._reactions ?? [];
  if (!given.length) return null;
  const counts = new Map();
  for (const { emoji } of given) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  return el(
    "div",
    { class: "reactions" },
    [...counts].map(([emoji, count]) => chip(emoji, count, own(message, viewer) === emoji, react)),
  );
}

const own = (message, viewer) => message._reactions?.find((reaction) => reaction.user_id === viewer)?.emoji;

function chip(emoji, count, mine, react) {
  return el(
    "button",
    {
      type: "button",
      class: mine ? "reaction mine" : "reaction",
      "aria-pressed": String(mine),
      "aria-label": `Reaction ${emoji}, ${count}`,
      "data-focus": `reaction-${emoji}`,
      on: { click: () => react(mine ? "" : emoji) },
    },
    el("span", { class: "emoji", text: emoji }),
    count > 1 ? el("span", { text: String(count) }) : null,
  );
}

/** Return the row of emojis to react with. */
export function reactionPicker(message, viewer, react) {
  const mine = own(message, viewer);
  const choose = (emoji) =>
    el("button", {
      type: "button",
      class: mine === emoji ? "pick mine" : "pick",
      role: "menuitem",
      "aria-label": `React with ${emoji}`,
      text: emoji,
      on: { click: () => react(mine === emoji ? "" : emoji) },
    });
  return el("div", { class: "picker" }, CHOICE.map(choose));
}
