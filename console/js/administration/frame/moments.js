/** Days of a form as moments of the API. */

/** Otherwise browsers let a year have six digits. */
export const LAST_DAY = "9999-12-31";

/** When a day begins where this browser is; nothing: null. @param {string} day @param {number} [later] in days */
export function toMoment(day, later = 0) {
  if (!day) return null;
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}

/** The day of a moment where this browser is, as a field of a form has it. @param {string | null} moment */
export function toDay(moment) {
  if (!moment) return "";
  const date = new Date(moment);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((each) => String(each).padStart(2, "0")).join("-");
}
