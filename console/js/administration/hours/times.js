/** Times of a day, as people type them and as the API takes them. */

/** @import { Span } from "../types.d.ts" */

const MIDNIGHT = "24:00";

/**
 * Read a time as people type it: 9, 900, 9.30 or 09:30. Anything else stays for the server to refuse.
 * A field of the type `time` would show it in the browser's way, with AM and PM, and knows no 24:00.
 * @param {string} text
 */
export function readTime(text) {
  const [, hours, minutes = "00"] = /^\s*(\d{1,2})(?:[:. h]?(\d\d))?\s*$/.exec(text) ?? [];
  return hours === undefined ? text.trim() : `${hours.padStart(2, "0")}:${minutes}`;
}

/** @param {number} hour */
const write = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** The next span of a day: an hour after the last one. @param {Span[]} spans @returns {Span} */
export function nextSpan(spans) {
  const last = spans.at(-1);
  if (!last) return { opens: "09:00", closes: "17:00" };
  const hour = Number(last.closes.slice(0, 2)) + 1;
  return hour > 22
    ? { opens: "23:00", closes: MIDNIGHT }
    : { opens: write(hour), closes: write(hour + 1) };
}
