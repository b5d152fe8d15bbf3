// The control APIs of the two WhatsApp stand-ins behind one interface.

import { call } from "../api.js";

const enc = encodeURIComponent;

const KINDS = { photo: "image", animation: "video", document: "document" };
const kindOf = (media) => KINDS[media.kind] ?? media.kind;
const nameOf = ({ first_name: first, last_name: last }) => [first, last].filter(Boolean).join(" ");

const cloud = {
  state: () => call("GET", "graph/state"),
  chat: async (line, person) => ({
    messages: await call("GET", `graph/chats/${enc(line.id)}/${enc(person.id)}/messages`),
  }),
  add: (name, phone) => call("POST", "graph/customers", { name, phone }),
  say: (line, person, { text, caption, media, location, contact, reply_to }) => {
    const where = { number: line.id, customer: person.id, reply_to };
    if (media) return call("POST", "graph/messages", { ...where, media: cloudFile(media, caption) });
    if (location) return call("POST", "graph/messages", { ...where, type: "location", content: location });
    if (contact)
      return call("POST", "graph/messages", { ...where, type: "contacts", content: [card(contact)] });
    return call("POST", "graph/messages", { ...where, text });
  },
  edit: (line, person, id, text) => call("PATCH", `graph/messages/${enc(id)}`, { text }),
  remove: (line, person, id) => call("DELETE", `graph/messages/${enc(id)}`, {}),
  react: (line, person, id, emoji) => call("POST", `graph/messages/${enc(id)}/reaction`, { emoji }),
  press: (line, person, id, button) => call("POST", `graph/messages/${enc(id)}/press`, { button }),
  read: (line, person) => call("POST", "graph/read", { number: line.id, customer: person.id }),
  block: (line, person, blocked) =>
    call("POST", `graph/customers/${enc(person.id)}`, { number: line.id, blocked }),
};

const cloudFile = (media, caption) => ({
  kind: kindOf(media),
  data: media.data,
  mime: media.mime,
  filename: media.name,
  caption,
});

const card = (contact) => ({
  name: { formatted_name: nameOf(contact), first_name: contact.first_name },
  phones: [{ phone: contact.phone_number, type: "CELL" }],
});

const inChat = (line, person, part = "") => `waha/chats/${enc(line.id)}/${enc(person.id)}${part}`;

const waha = {
  state: () => call("GET", "waha/state"),
  chat: (line, person) => call("GET", inChat(line, person)),
  add: (name, phone) => call("POST", "waha/people", { name, phone }),
  say: (line, person, { text, caption, media, location, contact, reply_to }) => {
    const where = { session: line.id, phone: person.id, reply_to };
    if (media)
      return call("POST", "waha/messages", { ...where, media: wahaFile(media), text: caption ?? text });
    if (location) return call("POST", "waha/messages", { ...where, location });
    if (contact) return call("POST", "waha/messages", { ...where, vcards: [vcard(contact)] });
    return call("POST", "waha/messages", { ...where, text });
  },
  edit: (line, person, id, text) => call("PATCH", inChat(line, person, `/${enc(id)}`), { text }),
  remove: (line, person, id) => call("DELETE", inChat(line, person, `/${enc(id)}`), {}),
  react: (line, person, id, emoji) => call("POST", inChat(line, person, `/${enc(id)}/reaction`), { emoji }),
  read: (line, person) => call("POST", inChat(line, person, "/read"), {}),
  block: (line, person, blocked) => {
    const others = person.facts.blocked.filter((name) => name !== line.id);
    return call("POST", `waha/people/${enc(person.id)}`, { blocked: blocked ? [...others, line.id] : others });
  },
};

const wahaFile = (media) => ({
  kind: kindOf(media),
  data: media.data,
  mimetype: media.mime,
  name: media.kind === "document" ? media.name : undefined,
});

const vcard = (contact) =>
  [
    "BEGIN:VCARD",
    "VERSION:3.0",
    `FN:${nameOf(contact)}`,
    `TEL;type=CELL:${contact.phone_number}`,
    "END:VCARD",
  ].join("\n");

/** The two stand-ins by side; only the Cloud API has `press`. */
export const sides = { cloud, waha };

/** Act as the owner of the phone that a session links: "scan", "unlink" or "next-code". */
export const phoneAct = (session, act, body = {}) =>
  call("POST", `waha/sessions/${enc(session)}/${act}`, body);

/** Return the address of the picture of a session's current code. */
export const codeUrl = ({ name, qr }) =>
  `/control/waha/sessions/${enc(name)}/qr?of=${enc(qr?.slice(2, 14) ?? "")}`;
