/**
 * Formatting while it is written: marks in the plain text, as in Telegram's own fields. A draft stays a
 * text that way, and whoever types no mark notices nothing. What is sent has no marks, but entities.
 */

/** @import { ChannelKind, Entity } from "../../types.d.ts" */

/** @typedef {"bold" | "italic" | "underline" | "strikethrough" | "code" | "text_link"} Format */

/** @type {Record<string, string>} */
const MARKS = {
  bold: "**",
  italic: "__",
  underline: "++",
  strikethrough: "~~",
  code: "`",
  pre: "```",
};
/** Those that a person chooses. @type {Format[]} */
const FORMATS = ["bold", "italic", "underline", "strikethrough", "code", "text_link"];
/** Those that a channel has. @param {ChannelKind} kind */
export const listFormats = (kind) =>
  kind === "telegram" ? FORMATS : FORMATS.filter((each) => each !== "underline");

/** @type {Record<string, Format>} */
const KEYS = {
  KeyB: "bold",
  KeyI: "italic",
  KeyU: "underline",
  "Shift+KeyX": "strikethrough",
  "Shift+KeyM": "code",
};
// Marks stand at whole words, because WhatsApp has no others; and not in an address.
const WORD = "[\\p{L}\\p{N}_]";
const MARKED = new RegExp(
  "```\\n?(?<pre>[^`]*[^`\\s])\\n?```" +
    `|(?<!${WORD})\`(?<code>[^\`\\s](?:[^\`\\n]*[^\`\\s])?)\`(?!${WORD})` +
    "|\\[(?<words>[^\\]\\n]*[^\\]\\s])\\]\\((?<url>https?://[!#-'*-;=?-\\[\\]_a-z~%]+)\\)" +
    `|(?<!${WORD})(?<mark>(?<sign>[*_+~])\\k<sign>)(?!\\k<sign>|\\s)(?<inner>[^]{1,4000}?)` +
    `(?<!\\k<sign>|\\s)\\k<mark>(?!\\k<sign>|${WORD})|https?://\\S+`,
  "giu",
);

/**
 * Return what is sent for what was typed.
 * @param {string} typed @returns {{text: string, entities: Entity[]}}
 */
export function parseMarks(typed) {
  let text = "";
  let at = 0;
  /** @type {Entity[]} */
  const entities = [];
  for (const found of typed.matchAll(MARKED)) {
    const { pre, code, words, url, mark, inner } = found.groups ?? {};
    const whole = pre ?? code;
    const inside = whole ?? words ?? inner;
    if (inside === undefined) continue; // an address
    text += typed.slice(at, found.index);
    at = found.index + found[0].length;
    const parsed = whole === undefined ? parseMarks(inside) : { text: whole, entities: [] };
    const type = mark ? nameOf(mark) : url ? "text_link" : pre === undefined ? "code" : "pre";
    const place = { type, offset: text.length, length: parsed.text.length };
    entities.push(
      url ? { ...place, url } : place,
      ...parsed.entities.map((each) => ({ ...each, offset: each.offset + text.length })),
    );
    text += parsed.text;
  }
  return { text: text + typed.slice(at), entities };
}

/** @param {string} mark */
const nameOf = (mark) => Object.keys(MARKS).find((each) => MARKS[each] === mark) ?? "";

/**
 * Return a message as it would be typed; without its formatting where marks cannot say it.
 * @param {string} text @param {Entity[] | null | undefined} entities
 */
export function writeMarks(text, entities) {
  const known = (entities ?? []).filter(({ type }) => type in MARKS || type === "text_link");
  /** @type {string[]} */
  const before = [];
  /** @type {string[]} */
  const after = [];
  for (const { type, offset, length, url } of known.toSorted((a, b) => a.length - b.length)) {
    const [begin, end] = url ? ["[", `](${url})`] : [MARKS[type], MARKS[type]];
    before[offset] = begin + (before[offset] ?? "");
    after[offset + length] = (after[offset + length] ?? "") + end;
  }
  let marked = "";
  for (let i = 0; i <= text.length; i++) {
    marked += (after[i] ?? "") + (before[i] ?? "") + text.charAt(i);
  }
  const again = parseMarks(marked);
  return again.text === text && again.entities.length === known.length ? marked : text;
}

/** The format that a key asks for. @param {KeyboardEvent} event */
export function formatOfKey({ ctrlKey, metaKey, altKey, shiftKey, code }) {
  if (altKey || !(ctrlKey || metaKey)) return undefined;
  return KEYS[shiftKey ? `Shift+${code}` : code];
}

/**
 * Format the chosen words, the word at the cursor, or what is typed next; or no longer.
 * @param {string} text @param {number} start @param {number} end @param {Format} format
 * @returns {{start: number, end: number, words: string, chosen: [number, number]}} what to type over
 * which part, and what is chosen afterwards
 */
export function toggleMark(text, start, end, format) {
  const isWord = (/** @type {number} */ at) => /[\p{L}\p{N}_]{2}/u.test(text.slice(at - 1, at + 1));
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (start < end && /\s/.test(text.charAt(end - 1))) end--;
  const cursor = start === end ? start : null;
  while (isWord(start)) start--;
  if (cursor === null || start < cursor) while (isWord(end)) end++;
  const words = text.slice(start, end);
  if (format === "text_link") {
    const address = "https://";
    const at = start + words.length + 3;
    /** @type {[number, number]} */
    const chosen = words ? [at, at + address.length] : [start + 1, start + 1];
    return { start, end, words: `[${words}](${address})`, chosen };
  }
  const mark = MARKS[format === "code" && words.includes("\n") ? "pre" : format] ?? "";
  const { length } = mark;
  if (text.slice(start - length, start) === mark && text.slice(end, end + length) === mark) {
    const [from, to] = [start - length, end + length];
    return { start: from, end: to, words, chosen: [from, from + words.length] };
  }
  return {
    start,
    end,
    words: mark + words + mark,
    chosen: [start + length, start + length + words.length],
  };
}

/** @param {HTMLTextAreaElement} field @param {Format} format */
export function formatIn(field, format) {
  const { value, selectionStart, selectionEnd } = field;
  const { start, end, words, chosen } = toggleMark(value, selectionStart, selectionEnd, format);
  type(field, start, end, words);
  field.setSelectionRange(...chosen);
}

/** Type over what is chosen; without words only the focus moves. @param {HTMLTextAreaElement} field @param {string} words */
export function typeOver(field, words) {
  if (words) type(field, field.selectionStart, field.selectionEnd, words);
  else field.focus();
}

/**
 * As a person would, so that the browser can undo it.
 * @param {HTMLTextAreaElement} field @param {number} start @param {number} end @param {string} words
 */
function type(field, start, end, words) {
  field.focus();
  field.setSelectionRange(start, end);
  if (document.execCommand("insertText", false, words)) return;
  field.setRangeText(words, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
