/** Times as people read them. The server sends UTC; the browser's zone is shown. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} language @param {Intl.DateTimeFormatOptions} options */
export function getFormat(language, options) {
  const name = language + JSON.stringify(options);
  let format = formats.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options);
    formats.set(name, format);
  }
  return format;
}

/** For lists: the browser's first format takes 50 ms on a phone. Its words, Sunday and January first. */
const SHORT = {
  en: {
    days: "Sun Mon Tue Wed Thu Fri Sat".split(" "),
    months: "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(" "),
    colon: ":",
  },
  id: {
    days: "Min Sen Sel Rab Kam Jum Sab".split(" "),
    months: "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(" "),
    colon: ".",
  },
};

/** @param {string} language */
const shortWords = (language) => (language === "id" ? SHORT.id : SHORT.en);

/** @param {string} time @param {string} language such as 14:05 */
export function clockTime(time, language) {
  const date = new Date(time);
  const parts = [date.getHours(), date.getMinutes()];
  return parts.map((each) => String(each).padStart(2, "0")).join(shortWords(language).colon);
}

/** @param {string} time @param {string} language the day and the time, with the zone */
export const fullTime = (time, language) =>
  getFormat(language, {
    dateStyle: undefined,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(new Date(time));

/** @param {string} time @param {string} language @param {number} now such as Monday, or 3 March */
export function dayName(time, language, now) {
  const date = new Date(time);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return getFormat(language, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(date);
}

/** @param {string} time @param {string} language @param {number} now short, for lists */
export function listTime(time, language, now) {
  const date = new Date(time);
  if (isSameDay(time, new Date(now).toISOString())) return clockTime(time, language);
  const { days, months } = shortWords(language);
  if (now - date.getTime() < 6 * DAY) return days[date.getDay()] ?? "";
  return `${date.getDate()} ${months[date.getMonth()]}`;
}

/** @param {string} one @param {string} other */
export function isSameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/**
 * A length of time in its largest unit: `{ unit: "minutes", n: 5 }`.
 * @param {number} ms
 * @returns {{unit: "moment" | "minutes" | "hours" | "days", n: number}}
 */
export function measure(ms) {
  if (ms < MINUTE) return { unit: "moment", n: 0 };
  if (ms < HOUR) return { unit: "minutes", n: Math.floor(ms / MINUTE) };
  if (ms < 2 * DAY) return { unit: "hours", n: Math.floor(ms / HOUR) };
  return { unit: "days", n: Math.floor(ms / DAY) };
}

/**
 * How much of a customer's reply window is left.
 * @param {string | null} until @param {number} now
 * @returns {"none" | "open" | "closing" | "closed"}
 */
export function windowState(until, now) {
  if (until === null) return "none";
  const left = new Date(until).getTime() - now;
  if (left <= 0) return "closed";
  return left < 2 * HOUR ? "closing" : "open";
}

/** @param {number} bytes @param {string} language */
export function fileSize(bytes, language) {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: power > 1 ? 1 : 0 });
  return `${number.format(bytes / 1000 ** power)} ${units[power]}`;
}
