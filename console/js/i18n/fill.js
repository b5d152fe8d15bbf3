/** Fill in a text. `singular|plural` is chosen by the value `n`. */

/** @param {string} text @param {Record<string, string | number>} values */
export function fill(text, values) {
  const [one = "", many = one] = text.split("|");
  const chosen = values.n === undefined || values.n === 1 ? one : many;
  return chosen.replaceAll(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
