/** Events for the screens that are open, besides those that the stores take. */

import { useEffect, useRef } from "../vendor/preact.js";

/** @import { LiveEvent } from "../../types.d.ts" */

/** @type {Set<(event: LiveEvent) => void>} */
const listeners = new Set();

/** @param {LiveEvent} event */
export function tellListeners(event) {
  for (const each of listeners) each(event);
}

/**
 * While the component is shown, take events of these types. Also `resync`: events are missing.
 * @param {readonly string[]} types @param {(event: LiveEvent) => void} take
 */
export function useEvents(types, take) {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    /** @param {LiveEvent} event */
    const listener = (event) => {
      if (event.type === "resync" || types.includes(event.type)) latest.current(event);
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}
