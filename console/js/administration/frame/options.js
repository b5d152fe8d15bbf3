/** Short lists that forms choose from: channels, tags, files. */

import { useEffect, useState } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { toOptions } from "./fields.js";

/** @import { Channel } from "../types.d.ts" */

/** @typedef {{id: string, name: string}} Named */

/**
 * Load a list once. Nothing until it is there, and where that fails: what is chosen stays.
 * @template {{id: string}} T @param {string} path @returns {{items: T[], add: (item: T) => void}}
 */
export function useOptions(path) {
  const [items, setItems] = useState(/** @type {T[]} */ ([]));
  useEffect(() => {
    getAll(path).then(
      (/** @type {T[]} */ found) => setItems(found),
      () => {},
    );
  }, [path]);
  return { items, add: (item) => setItems((before) => [item, ...before]) };
}

/** The channels that customers write to, those in use first: not the staff's own bot. @returns {Named[]} */
export function useChannels() {
  /** @type {ReturnType<typeof useOptions<Channel>>} */
  const { items } = useOptions("/channels");
  return items
    .filter((each) => !each.is_staff_bot)
    .toSorted((one, other) => Number(other.is_active) - Number(one.is_active));
}

/** @param {Named[]} items for a field of a form */
export const toNamedOptions = (items) => toOptions(items, ({ id, name }) => [id, name]);

/** @param {Named[]} items @param {string | null} id */
export const nameOf = (items, id) => items.find((each) => each.id === id)?.name ?? "";
