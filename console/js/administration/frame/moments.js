/** Days of a form as moments of the API. */

/** When a day begins where this browser is; nothing: null. @param {string} day @param {number} [later] in days */
export function toMoment(day, later = 0) {
  if (!day) return null;
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + later);
  return date.toISOString();
}
