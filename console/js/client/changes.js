/** How often each customer was changed since the start: who shows one loads it again. */

import { signal } from "../vendor/preact.js";

/** @import { LiveEvent } from "../../types.d.ts" */

export const clientChanges = signal(/** @type {ReadonlyMap<string, number>} */ (new Map()));

/** @param {LiveEvent} event */
export function takeClientChange({ type, client_id: id }) {
  if (type !== "client.changed" || !id) return;
  const before = clientChanges.peek();
  clientChanges.value = new Map(before).set(id, (before.get(id) ?? 0) + 1);
}
