/** The values of a form: what was changed, and the body of a request. */

/** @typedef {Record<string, any>} Values */

/**
 * @template {Values} V
 * @param {V} stored @param {V} values @returns {Partial<V>}
 */
export function findChanges(stored, values) {
  const changed = Object.entries(values).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(stored[name]),
  );
  return /** @type {Partial<V>} */ (Object.fromEntries(changed));
}

/** Make the body of a request: `a.b` becomes `b` inside `a`. @param {Values} values */
export function nest(values) {
  /** @type {Values} */
  const body = {};
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const name = names.pop() ?? "";
    let place = body;
    for (const each of names) place = place[each] ??= {};
    place[name] = value;
  }
  return body;
}

/** @param {string} field @returns {(name: string) => boolean} whether it is this value, or a part of it */
export const covers = (field) => (name) => field === name || field.startsWith(`${name}.`);
