/** Figures as people read them, in their language. */

import { language } from "../i18n/words.js";
import { getFormat } from "../text/time.js";
import { asDate } from "./days.js";
import { splitSeconds } from "./durations.js";
import { t } from "./words.js";

/** @import { Key } from "./words.js" */

const locale = () => (language.value === "en" ? "en-GB" : "id");

/** @param {number | null} value @param {number} [digits] after the point */
export const showNumber = (value, digits = 0) =>
  value === null
    ? t("reports.none")
    : new Intl.NumberFormat(locale(), {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value);

/** @param {number | null} seconds such as 2 h 5 min */
export const showTime = (seconds) =>
  seconds === null
    ? t("reports.none")
    : splitSeconds(seconds)
        .map(({ unit, n }) => t(/** @type {Key} */ (`reports_unit.${unit}`), { n }))
        .join(" ");

/** @param {number | null} rating */
export const showRating = (rating) => showNumber(rating, 1);

/** @param {number | null} share such as 12 % */
export const showShare = (share) =>
  share === null
    ? t("reports.none")
    : new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(share);

/** @param {number} share such as +12% */
export const showChange = (share) =>
  new Intl.NumberFormat(locale(), {
    style: "percent",
    maximumFractionDigits: 0,
    signDisplay: "exceptZero",
  }).format(share);

/** @param {string} day such as Mon 23 Nov */
export const showDay = (day) =>
  getFormat(language.value, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  }).format(asDate(day));

/** @param {string} day for an axis: 23 Nov */
export const showShortDay = (day) =>
  getFormat(language.value, { day: "numeric", month: "short", timeZone: "UTC" }).format(
    asDate(day),
  );

/** @param {string} first @param {string} last such as 23–29 Nov 2026 */
export const showDays = (first, last) =>
  getFormat(language.value, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).formatRange(asDate(first), asDate(last));

/** @param {number} weekday 0: Monday @param {"short" | "long"} style */
export const showWeekday = (weekday, style) =>
  // The fifth of January 1970 was a Monday.
  getFormat(language.value, { weekday: style, timeZone: "UTC" }).format(
    new Date(Date.UTC(1970, 0, 5 + weekday)),
  );

/** @param {number} hour such as 08:00 */
export const showHour = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** @param {string} time in UTC @param {string} zone of the desk */
export function showMoment(time, zone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const style = {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  return getFormat(language.value, { ...style, timeZone: zone }).format(new Date(time));
}
