/** @import { LiveEvent } from "../../types.d.ts" */

/**
 * Events that arrive while a list is on its way are applied to it again: the answer may be older.
 * @param {(event: LiveEvent) => void} apply
 */
export function createJournal(apply) {
  /** @type {Set<LiveEvent[]>} */
  const open = new Set();
  return {
    /** @param {LiveEvent} event */
    record(event) {
      for (const each of open) each.push(event);
      apply(event);
    },
    /**
     * Get something, take it over, then apply what happened meanwhile.
     * @template T @param {Promise<T>} answer @param {(answer: T) => void} takeOver
     */
    async during(answer, takeOver) {
      /** @type {LiveEvent[]} */
      const missed = [];
      open.add(missed);
      try {
        takeOver(await answer);
        for (const event of missed) apply(event);
      } finally {
        open.delete(missed);
      }
    },
  };
}
