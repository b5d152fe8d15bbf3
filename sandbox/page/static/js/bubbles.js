// One message as a bubble.

import { renderButtons } from "./buttons.js";
import { clock } from "./dates.js";
import { describe } from "./describe.js";
import { el, icon, iconButton } from "./dom.js";
import { renderText } from "./entities.js";
import { isBare, isVisual, renderMedia } from "./media.js";
import { avatar, isAnonymous, nameOf, senderOf, tintOf } from "./people.js";
import { renderPlace } from "./places.js";
import { renderReactions } from "./reactions.js";

/**
 * Return the row of one message, or of the messages of one album.
 * `talk` is its conversation; `look` is {out, first, last, tick, named}.
 */
export function renderRow(messages, talk, look) {
  const message = captioned(messages);
  const sender = senderOf(message);
  const sides = `${look.out ? "out" : "in"} ${look.first ? "first" : ""} ${look.last ? "last" : ""}`;
  const row = el(
    "article",
    {
      class: `row ${sides}`,
      "data-id": message.message_id,
      "data-ids": messages.map((one) => one.message_id).join(" "),
      tabindex: "-1",
      "aria-label": `${nameOf(sender)}, ${clock(message.date)}`,
    },
    look.named && !look.out ? el("span", { class: "row-avatar" }, look.last ? avatar(sender) : null) : null,
    el(
      "div",
      { class: "row-body" },
      el("div", { class: "bubble-line" }, bubble(messages, message, talk, look), tools(message, talk)),
      renderButtons(message, (button) => talk.press(message, button)),
    ),
  );
  row.addEventListener("contextmenu", (event) =>
    openedByPointer(event, () => talk.openMenu(message, row.querySelector(".tool-more"))),
  );
  row.addEventListener(
    "dblclick",
    (event) => event.target.closest("a, button, video, .text") || talk.reply(message),
  );
  return row;
}

/** Return the message of an album that has its text, buttons and actions. */
export const captioned = (messages) => messages.find((message) => message.caption) ?? messages[0];

function openedByPointer(event, open) {
  if (event.target.closest("a, img, video") || getSelection().toString()) return;
  event.preventDefault();
  open();
}

function bubble(messages, message, talk, look) {
  const kinds = [
    isBare(message) && "bare",
    messages.some(isVisual) && "visual",
    messages.length > 1 && "album",
  ];
  const text = message.text ?? message.caption;
  return el(
    "div",
    { class: `bubble ${kinds.filter(Boolean).join(" ")} ${text ? "" : "wordless"}` },
    look.named && look.first && !look.out ? name(message) : null,
    origin(message.forward_origin),
    quote(message, talk),
    media(messages),
    renderPlace(message),
    text ? renderText(text, message.entities ?? message.caption_entities, talk.command) : null,
    meta(messages, look),
    renderReactions(message, talk.seat.from, (emoji) => talk.react(message, emoji)),
  );
}

function name(message) {
  const sender = senderOf(message);
  const role = isAnonymous(message) ? "admin" : sender?.is_bot && "bot";
  return el(
    "div",
    { class: `sender ink-${tintOf(sender)}` },
    el("span", { text: nameOf(sender) }),
    role ? el("small", { text: role }) : null,
  );
}

function origin(source) {
  if (!source) return null;
  const who = source.sender_user ??
    source.sender_chat ??
    source.chat ?? { first_name: source.sender_user_name };
  return el("div", { class: "origin", text: `Forwarded from ${nameOf(who)}` });
}

/** Return the message replied to; not the topic's root, which every message of a topic names. */
export function repliedTo(message) {
  const target = message.reply_to_message;
  return !target || target.forum_topic_created ? null : target;
}

function quote(message, talk) {
  const target = repliedTo(message);
  if (!target) return null;
  const sender = senderOf(target);
  return el(
    "button",
    {
      type: "button",
      class: `quote tint-${tintOf(sender)}`,
      "aria-label": "Show the message replied to",
      on: { click: () => talk.scrollTo(target.message_id) },
    },
    el("b", { text: nameOf(sender) }),
    el("span", { text: message.quote?.text ?? describe(target) }),
  );
}

function media(messages) {
  const parts = messages.map(renderMedia).filter(Boolean);
  return messages.length > 1
    ? el("div", { class: `album-grid of-${Math.min(parts.length, 4)}` }, parts)
    : (parts[0] ?? null);
}

function meta(messages, look) {
  const message = captioned(messages);
  return el(
    "span",
    { class: "meta" },
    messages.some((one) => one.edit_date) ? el("span", { class: "edited", text: "edited" }) : null,
    el("time", { datetime: new Date(message.date * 1000).toISOString(), text: clock(message.date) }),
    look.out || message._tick ? ticks(look.tick) : null,
  );
}

const TICKS = {
  pending: ["Not sent yet"],
  sent: ["Sent", "check"],
  delivered: ["Delivered", "check", "check"],
  answered: ["Answered", "check", "check"],
  read: ["Read", "check", "check"],
  played: ["Played", "check", "check"],
  failed: ["Not delivered", "block"],
};

function ticks(tick) {
  const [label, ...signs] = TICKS[tick] ?? [tick, "check"];
  const kind = `ticks ${signs.length > 1 ? "two" : ""} tick-${tick}`;
  return el("span", { class: kind, role: "img", "aria-label": label, title: label }, signs.map(icon));
}

function tools(message, talk) {
  return el(
    "div",
    { class: "tools" },
    iconButton("reply", "Reply", () => talk.reply(message), { "data-focus": "reply" }),
    iconButton("more", "React and more", (event) => talk.openMenu(message, event.currentTarget), {
      "data-focus": "more",
      class: "icon-button tool-more",
      "aria-haspopup": "menu",
    }),
  );
}
