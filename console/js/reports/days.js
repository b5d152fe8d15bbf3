/** Days as texts such as 2026-03-29. The server decides when a day begins, by its time zone. */

const DAY_MS = 86_400_000;
/** A chart with more columns shows weeks. */
const MOST_DAYS = 92;

/** @param {string} day */
const toTime = (day) => Date.parse(`${day}T00:00:00Z`);
/** @param {number} time */
const toDay = (time) => new Date(time).toISOString().slice(0, 10);

/** @param {string} text whether it is a day that exists */
export function isDay(text) {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? toTime(text) : Number.NaN;
  return !Number.isNaN(time) && toDay(time) === text;
}

/** @param {string} first @param {string} last how many days, both included */
export const countDays = (first, last) => Math.round((toTime(last) - toTime(first)) / DAY_MS) + 1;

/** @param {string} first @param {string} last @returns {"day" | "week"} what a chart has a column for */
export const chooseStep = (first, last) => (countDays(first, last) > MOST_DAYS ? "week" : "day");

/**
 * List the days, or the Mondays on which the weeks begin.
 * @param {string} first @param {string} last @param {"day" | "week"} step
 */
export function listSteps(first, last, step) {
  const begin = toTime(first);
  const weekday = (new Date(begin).getUTCDay() + 6) % 7;
  const [start, length] =
    step === "week" ? [begin - weekday * DAY_MS, 7 * DAY_MS] : [begin, DAY_MS];
  const number = Math.floor((toTime(last) - start) / length) + 1;
  return Array.from({ length: Math.max(number, 0) }, (_, i) => toDay(start + i * length));
}

/** For formats of dates: with the time zone UTC it is that day everywhere. @param {string} day */
export const asDate = (day) => new Date(toTime(day));
