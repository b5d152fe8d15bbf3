/** What is loaded when a screen opens: grey lines, then the thing, or why it cannot be shown. */

import { h, useEffect, useRef, useState } from "../../vendor/preact.js";
import { toProblem } from "../../server/problem.js";
import { Failure } from "../../shell/problems.js";
import { Skeleton } from "../../shell/skeleton.js";

/** @import { Problem } from "../../server/problem.js" */
/** @import { Child } from "../../vendor/preact.js" */

/**
 * @template T
 * @typedef {object} Loaded
 * @property {T | null} value null: not loaded yet
 * @property {Problem | null} problem
 * @property {() => Promise<void>} reload what is shown stays until the answer comes
 * @property {(value: T) => void} set take over a newer value, such as the answer of a change
 */

/**
 * Load something now and whenever an input changes. An answer that comes too late is ignored.
 * @template T
 * @param {() => Promise<T>} load @param {readonly unknown[]} inputs
 * @returns {Loaded<T>}
 */
export function useLoaded(load, inputs) {
  const [value, setValue] = useState(/** @type {T | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const run = useRef(0);

  async function reload() {
    const mine = ++run.current;
    try {
      const found = await load();
      if (mine === run.current) set(found);
    } catch (error) {
      if (mine === run.current) setProblem(toProblem(error));
    }
  }
  /** @param {T} found */
  function set(found) {
    run.current++;
    setProblem(null);
    setValue(found);
  }
  useEffect(() => {
    setValue(null);
    void reload();
    return () => void run.current++;
  }, inputs);

  return { value, problem, reload, set };
}

/**
 * Show what was loaded. What was there before stays when it cannot be loaded again.
 * @template T
 * @param {Loaded<T>} loaded @param {(value: T) => Child} show
 */
export function showLoaded({ value, problem, reload }, show) {
  if (value !== null) return show(value);
  if (problem) return h(Failure, { problem, onRetry: () => void reload() });
  return h(Skeleton, { lines: 6, kind: "row" });
}
