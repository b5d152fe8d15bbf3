/** @import { LiveEvent } from "../../types.d.ts" */

/**
 * Events that arrive while an answer is on its way are applied on top of it: it may be older.
 * @param {(event: LiveEvent) => void} apply
 */
export function createJournal(apply) {
  /** @type {Set<LiveEvent[]>} */
  const open = new Set();
  /** @param {LiveEvent} event */
  const record = (event) => {
    for (const each of open) each.push(event);
    apply(event);
  };
  return {
    record,
    /**
     * Get something, take it over, then apply what happened meanwhile.
     * @template T @param {Promise<T>} answer @param {(answer: T) => void} takeOver
     */
    async during(answer, takeOver) {
      /** @type {LiveEvent[]} */
      const missed = [];
      open.add(missed);
      try {
        const found = await answer;
        open.delete(missed);
        takeOver(found);
        // Recorded again: what is taken over may itself be recorded in other open requests.
        missed.forEach(record);
      } finally {
        open.delete(missed);
      }
    },
  };
}
