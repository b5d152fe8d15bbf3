/** Reports as the API sends them: a table whose rows lead to the sessions behind them. */

/** @import { Report } from "../../types.d.ts" */

/** @typedef {Record<string, any> & {sessions: string}} Row `sessions`: parameters of the list behind it */

/** One object for each row. @param {Report} report @returns {Row[]} */
export const toRows = ({ columns, rows }) =>
  rows.map(({ cells, sessions }) => ({
    ...Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null])),
    sessions: sessions.split("?")[1] ?? "",
    // A column has the same name.
    ...(columns.includes("sessions") ? { count: cells[columns.indexOf("sessions")] } : {}),
  }));

/** The row of each step of time; null: nothing happened. @param {Row[]} rows @param {"day" | "week"} step @param {string[]} steps */
export function fillSteps(rows, step, steps) {
  const known = new Map(rows.map((row) => [row[step], row]));
  return steps.map((each) => known.get(each) ?? null);
}

/**
 * How a figure changed: the share, and whether that is good.
 * @param {number | null} value @param {number | null} before @param {"more" | "less" | null} better
 */
export function describeChange(value, before, better) {
  if (value === null || before === null) return { share: null, tone: "plain" };
  const isMore = value > before;
  const tone =
    better === null || value === before ? "plain" : isMore === (better === "more") ? "good" : "bad";
  return { share: before === 0 ? null : (value - before) / before, tone };
}
