/** What is written after an `@`, and whose names begin like that. */

const MOST_SHOWN = 8;
/** An `@` and the beginning of a name, up to three words, at the end. */
const NAMING = /(?<![\p{L}\p{N}_.])@([^\s@]*(?: [^\s@]+){0,2})$/u;

/** Return where a name begins before the cursor, and what of it is written. @param {string} before */
export function findNaming(before) {
  const found = NAMING.exec(before);
  return found ? { at: found.index, words: found[1] ?? "" } : null;
}

/** @template {{name: string}} T @param {T[]} agents @param {string} words @returns {T[]} */
export const matchColleagues = (agents, words) =>
  agents
    .filter(({ name }) => ` ${name.toLowerCase()}`.includes(` ${words.toLowerCase()}`))
    .slice(0, MOST_SHOWN);
