/** Load a report again whenever what is asked changes; the older one stays until then. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { get } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Failure } from "../shell/problems.js";
import { Skeleton } from "../shell/skeleton.js";

/** @import { Problem } from "../server/problem.js" */
/** @import { Child } from "../vendor/preact.js" */
/** @import { Report } from "../../types.d.ts" */

/**
 * @typedef {object} Loading
 * @property {Report | null} report
 * @property {Problem | null} problem
 * @property {boolean} isOld another one is on its way
 * @property {() => void} retry
 */

/**
 * @param {string} asked parameters of the API; `report` says which
 * @returns {Loading}
 */
export function useReport(asked) {
  const [found, setFound] = useState(
    /** @type {{asked: string, report: Report | null, problem: Problem | null}} */ ({
      asked: "",
      report: null,
      problem: null,
    }),
  );
  const [tries, setTries] = useState(0);
  const run = useRef(0);
  useEffect(() => {
    const mine = ++run.current;
    get(`/reports?${asked}`).then(
      (/** @type {Report} */ report) =>
        mine === run.current && setFound({ asked, report, problem: null }),
      (error) =>
        mine === run.current && setFound({ asked, report: null, problem: toProblem(error) }),
    );
    return () => void run.current++;
  }, [asked, tries]);
  return { ...found, isOld: found.asked !== asked, retry: () => setTries(tries + 1) };
}

/** Show a report, or why there is none. @param {Loading} loading @param {(report: Report) => Child} show */
export function showReport({ report, problem, isOld, retry }, show) {
  if (report)
    return h("div", { class: isOld ? "is-old" : "", "aria-busy": String(isOld) }, show(report));
  if (problem && !isOld) return h(Failure, { problem, onRetry: retry });
  return h(Skeleton, { lines: 3, kind: "line" });
}
