// Formats times for people.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });

/** 14:05 */
export const clock = (unix) => time.format(new Date(unix * 1000));

/** Return a key that is equal for all times of one local day. */
export const dayKey = (unix) => new Date(unix * 1000).toDateString();

/** "Today", "Yesterday" or the date. */
export function dayName(unix) {
  const key = dayKey(unix);
  const now = Date.now() / 1000;
  if (key === dayKey(now)) return "Today";
  return key === dayKey(now - 86_400) ? "Yesterday" : day.format(new Date(unix * 1000));
}

/** Return the time if it is today, else the short date, for lists. */
export const shortMoment = (unix) =>
  dayKey(unix) === dayKey(Date.now() / 1000) ? clock(unix) : shortDay.format(new Date(unix * 1000));

/** 1:05, for players. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
