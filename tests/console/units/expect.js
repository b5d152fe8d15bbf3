/** The one assertion that the unit tests need. */

/** @param {unknown} found @param {unknown} wanted @param {string} [what] */
export function expectEqual(found, wanted, what = "") {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (one !== other) throw new Error(`${what}\n found: ${one}\nwanted: ${other}`);
}
