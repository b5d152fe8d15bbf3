// Turns a thread's messages into rows: days, service lines, albums, and bubbles grouped in runs.

import { renderRow } from "./bubbles.js";
import { dayKey, dayName } from "./dates.js";
import { service } from "./describe.js";
import { el } from "./dom.js";
import { isAnonymous, senderOf } from "./people.js";

const RUN_SECONDS = 600; // a longer pause starts a new run of bubbles

/** Return rows for `reconcile`, oldest first; messages with `talk.isOwn` are on the right. */
export function threadRows(messages, talk) {
  const items = inAlbums(messages);
  const answered = messages.findLast((message) => !talk.isOwn(message) && !service(message))?.message_id ?? 0;
  return items.flatMap((item, i) => [day(items[i - 1], item), row(items, i, talk, answered)].filter(Boolean));
}

function inAlbums(messages) {
  const items = [];
  for (const message of messages) {
    const last = items.at(-1);
    const album = message.media_group_id;
    if (album && last?.[0].media_group_id === album) last.push(message);
    else items.push([message]);
  }
  return items;
}

function day(before, item) {
  const { date, message_id: id } = item[0];
  if (before && dayKey(before[0].date) === dayKey(date)) return null;
  const build = () => el("div", { class: "day" }, el("span", { text: dayName(date) }));
  return { key: `day-${id}`, signature: dayName(date), build };
}

function row(items, i, talk, answeredId) {
  const messages = items[i];
  const message = messages[0];
  const line = service(message);
  const key = `message-${message.message_id}`;
  if (line) return { key, signature: line, build: () => serviceLine(line, message) };
  const look = {
    out: talk.isOwn(message),
    first: !sameRun(items[i - 1]?.[0], message),
    last: !sameRun(message, items[i + 1]?.[0]),
    // Telegram sends bots no read receipts; an answer shows that a message was seen.
    tick: message._tick ?? (message.message_id < answeredId ? "answered" : "sent"),
    named: talk.named,
  };
  const signature = [talk.seat.from, JSON.stringify(look), ...messages.map(written)].join();
  return { key, signature, build: () => renderRow(messages, talk, look) };
}

const serviceLine = (line, message) =>
  el("div", { class: "service", "data-id": message.message_id }, el("span", { text: line }));

function sameRun(a, b) {
  if (!a || !b || service(a) || service(b)) return false;
  const close = b.date - a.date < RUN_SECONDS && dayKey(a.date) === dayKey(b.date);
  return close && senderOf(a)?.id === senderOf(b)?.id && isAnonymous(a) === isAnonymous(b);
}

const writings = new WeakMap(); // a message is replaced when it changes, so its signature can be cached

function written(message) {
  if (!writings.has(message)) writings.set(message, JSON.stringify(message));
  return writings.get(message);
}
