/** Lengths of time in units that people read. */

/** @typedef {"seconds" | "minutes" | "hours" | "days"} Unit */

/** @type {[Unit, number][]} */
const UNITS = [
  ["days", 86_400],
  ["hours", 3600],
  ["minutes", 60],
  ["seconds", 1],
];

/**
 * Split seconds into the two largest units: 3 h 5 min. From ten of the larger one on, it is alone.
 * @param {number} seconds @returns {{unit: Unit, n: number}[]}
 */
export function splitSeconds(seconds) {
  const whole = Math.round(seconds);
  const place = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[place] ?? ["seconds", 1];
  const n = Math.floor(whole / size);
  const [smaller, smallerSize] = UNITS[place + 1] ?? ["seconds", size];
  const rest = place === -1 ? 0 : Math.floor((whole - n * size) / smallerSize);
  const larger = { unit, n };
  return rest > 0 && n < 10 ? [larger, { unit: smaller, n: rest }] : [larger];
}
