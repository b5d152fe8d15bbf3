/** Round numbers for an axis, and levels of a colour. */

const ROUND_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
];
const DAY = 86_400;
const MOST_TICKS = 4;
const LEVELS = 5;

/**
 * Round values from 0 on that reach the greatest value of a chart.
 * @param {number} most @param {boolean} isTime in seconds
 */
export function findTicks(most, isTime) {
  const wanted = Math.max(most, 1) / MOST_TICKS;
  const step = (isTime && ROUND_SECONDS.find((each) => each >= wanted)) || roundUp(wanted, isTime);
  const number = Math.ceil(Math.max(most, 1) / step);
  return Array.from({ length: number + 1 }, (_, i) => i * step);
}

/** @param {number} wanted @param {boolean} isTime then whole days */
function roundUp(wanted, isTime) {
  const one = isTime ? DAY : 1;
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted / one, 1)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= wanted / one) ?? 10;
  return factor * power * one;
}

/** From 0 (nothing) to 5 (the most). @param {number} value @param {number} most */
export const findLevel = (value, most) => (value <= 0 ? 0 : Math.ceil((value / most) * LEVELS));
