// Converts WhatsApp's messages to Telegram's shape, which the page's bubbles draw.

import { readMarks } from "./markup.js";

const GONE = "This message was deleted";
const WAHA_TICKS = { "-1": "failed", 0: "pending", 1: "sent", 2: "delivered", 3: "read", 4: "played" };

/** Return the messages of a chat, oldest first, each with the message it replies to. */
export function shaped(found, line, person) {
  const one = line.side === "cloud" ? fromCloud : fromWaha;
  const byId = new Map();
  return found.map((message) => {
    const shape = { chat: { id: person.shown.id }, ...one(message, line, person) };
    const target = byId.get(shape._reply_to);
    byId.set(message.tail ?? message.id, shape);
    return target ? { ...shape, reply_to_message: target } : shape;
  });
}

function fromCloud(message, line, person) {
  const own = message.from === "customer";
  const given = Object.entries(message.reactions).map(([who, emoji]) => ({
    emoji,
    user_id: (who === "customer" ? person : line).shown.id,
  }));
  return {
    ...frame(message, own ? person : line, given),
    ...(message.deleted ? gone() : cloudContent(message)),
    _tick: own ? (message.read ? "read" : "sent") : (message.status ?? "pending"),
    ...buttons(message.buttons),
  };
}

function fromWaha(message, line, person) {
  const own = message.author === "customer";
  const given = Object.entries(message.reactions).map(([who, emoji]) => ({
    emoji,
    user_id: (who === "customer" ? person : line).shown.id,
  }));
  return {
    ...frame(message, own ? person : line, given),
    ...(message.revoked ? gone() : wahaContent(message)),
    _tick: own ? (message.seen ? "read" : "sent") : WAHA_TICKS[message.ack],
  };
}

const frame = (message, author, given) => ({
  message_id: message.id,
  date: Math.floor(message.at),
  from: author.shown,
  edit_date: message.edited ? message.at : undefined,
  _reactions: given,
  _reply_to: message.reply_to,
  _deleted: !!(message.deleted || message.revoked),
});

const gone = () => ({ text: GONE, entities: [{ type: "italic", offset: 0, length: GONE.length }] });

function words(source) {
  const { text, entities } = readMarks(source);
  return { text, entities };
}

function caption(source) {
  if (!source) return {};
  const { text, entities } = readMarks(source);
  return { caption: text, caption_entities: entities };
}

function buttons(list) {
  if (!list?.length) return {};
  const rows = list.map(({ id, title }) => [{ text: title, callback_data: id }]);
  return { reply_markup: { inline_keyboard: rows } };
}

function cloudContent(message) {
  const { type, content, media, text } = message;
  if (media) return { ...file(type, media.url, media, message.voice), ...caption(text) };
  if (type === "location") return placed(content);
  if (type === "contacts") return { contact: person(content[0]?.name?.formatted_name, content[0]?.phones?.[0]?.phone) };
  if (type === "template") return words(templateText(message.shown));
  if (type === "interactive") return words(interactiveText(content, text));
  return words(text || `[${type}]`);
}

const templateText = (shown) =>
  [shown?.header?.text ?? shown?.header, shown?.body, shown?.footer]
    .filter((part) => typeof part === "string" && part)
    .join("\n");

const interactiveText = (content, text) =>
  [content.header?.text && `*${content.header.text}*`, text, content.footer?.text && `_${content.footer.text}_`]
    .filter(Boolean)
    .join("\n");

function wahaContent(message) {
  const { kind, media, location, vcards, text } = message;
  if (media) {
    const url = `/control/waha/files/${encodeURIComponent(media.file)}`;
    return { ...file(kind, url, { ...media, mime_type: media.mimetype }, kind === "voice"), ...caption(text) };
  }
  if (location) return placed(location);
  if (vcards.length) return { contact: person(field(vcards[0], "FN"), field(vcards[0], "TEL")) };
  return words(text);
}

const field = (card, name) => card.match(new RegExp(`^${name}[^:\\n]*:(.*)$`, "mu"))?.[1]?.trim();

const person = (name, phone) => ({ first_name: name ?? "Contact", phone_number: phone ?? "" });

function placed({ latitude, longitude, name, address }) {
  const location = { latitude: Number(latitude), longitude: Number(longitude) };
  return name || address ? { location, venue: { title: name || "Location", address } } : { location };
}

const KINDS = { image: "photo", document: "document", file: "document" };

function file(type, url, facts, voice) {
  const shape = { file_id: url, file_size: facts.size, mime_type: facts.mime_type };
  if (facts.filename) shape.file_name = facts.filename;
  const kind = voice ? "voice" : (KINDS[type] ?? type);
  return { [kind]: kind === "photo" ? [shape] : shape };
}
