/** All pages of a list that is short, such as the desk's channels. */

import { get, withQuery } from "./http.js";

/** @import { Page } from "../../types.d.ts" */

const MOST_PAGES = 10;

/** @template T @param {string} path @returns {Promise<T[]>} at most a thousand */
export async function getAll(path) {
  /** @type {T[]} */
  const items = [];
  /** @type {string | null} */
  let next = null;
  for (let i = 0; i < MOST_PAGES && (i === 0 || next !== null); i++) {
    /** @type {Page<T>} */
    const page = await get(withQuery(path, { limit: 100, cursor: next }));
    items.push(...page.items);
    next = page.next;
  }
  return items;
}
