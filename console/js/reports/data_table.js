/** Tables of figures; a number that has sessions behind it is a link to them. */

import { h } from "../vendor/preact.js";
import { t } from "./words.js";

/** @import { Child } from "../vendor/preact.js" */

/** @typedef {{key: string | number, name: string, cells: {text: string, sessions?: string | null}[]}} Line */

/** @param {{label: string, columns: string[], lines: Line[]}} props the first column has the names */
export function DataTable({ label, columns, lines }) {
  return h(
    "div",
    {
      class: "table-scroll",
      tabIndex: 0,
      role: "region",
      "aria-label": t("reports.table", { name: label }),
    },
    h(
      "table",
      { class: "figures" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          columns.map((name) => h("th", { key: name, scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        null,
        lines.map(({ key, name, cells }) =>
          h(
            "tr",
            { key },
            h("th", { scope: "row" }, h("bdi", null, name)),
            cells.map(({ text, sessions }, i) =>
              h("td", { key: i }, linkToSessions(text, sessions)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {string} text @param {string | null | undefined} sessions @returns {Child} */
const linkToSessions = (text, sessions) =>
  sessions ? h("a", { href: `#/reports/sessions?${sessions}` }, text) : text;

/** The table of a chart, opened on demand. @param {{label: string, columns: string[], lines: Line[]}} props */
export function ChartTable(props) {
  return h(
    "details",
    { class: "chart-table" },
    h("summary", null, t("reports.as_table")),
    h(DataTable, props),
  );
}
