/** A message's text with its formatting, as pieces; nothing of it is ever read as HTML. */

/** @import { Entity } from "../../types.d.ts" */

/**
 * @typedef {object} Piece
 * @property {string} text
 * @property {string[]} styles such as bold, code
 * @property {string | null} link
 */

const URL_IN_TEXT = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/gi;
const STYLES = new Set([
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "code",
  "pre",
  "spoiler",
  "blockquote",
  "expandable_blockquote",
]);

/**
 * Cut a text where its formatting changes. Telegram counts in UTF-16 code units, as strings do here.
 * @param {string} text @param {Entity[] | null} entities @returns {Piece[]}
 */
export function splitText(text, entities) {
  const marks = [...(entities ?? []).filter(isInside(text)), ...findLinks(text, entities ?? [])];
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of marks) {
    cuts.add(offset);
    cuts.add(offset + length);
  }
  const places = [...cuts].toSorted((a, b) => a - b);
  /** @type {Piece[]} */
  const pieces = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const start = places[i] ?? 0;
    const end = places[i + 1] ?? 0;
    const active = marks.filter((each) => each.offset <= start && each.offset + each.length >= end);
    pieces.push({
      text: text.slice(start, end),
      styles: active.map((each) => each.type).filter((each) => STYLES.has(each)),
      link: active.map((each) => getLink(each, text)).find((each) => each !== null) ?? null,
    });
  }
  return pieces;
}

/** @param {string} text */
const isInside =
  (text) =>
  (/** @type {Entity} */ { offset, length }) =>
    Number.isInteger(offset) && offset >= 0 && length > 0 && offset + length <= text.length;

/** @param {string} text @param {Entity[]} entities @returns {Entity[]} */
function findLinks(text, entities) {
  if (entities.some(({ type }) => type === "url" || type === "text_link" || type === "pre"))
    return [];
  return [...text.matchAll(URL_IN_TEXT)].map((found) => ({
    type: "url",
    offset: found.index,
    length: found[0].length,
  }));
}

/** @param {Entity} entity @param {string} text @returns {string | null} */
function getLink({ type, offset, length, url }, text) {
  const words = text.slice(offset, offset + length);
  if (type === "text_link") return safeUrl(url ?? "");
  if (type === "url") return safeUrl(/^[a-z]+:/i.test(words) ? words : `https://${words}`);
  if (type === "email") return `mailto:${words}`;
  if (type === "phone_number") return `tel:${words.replaceAll(/[^\d+]/g, "")}`;
  return null;
}

/** Return the address when a click on it can only open a page; null otherwise. @param {string} text */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
