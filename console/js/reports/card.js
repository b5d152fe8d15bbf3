/** A report on the page: its title, what it shows, and how to take it away as a file. */

import { h } from "../vendor/preact.js";
import { download } from "../server/downloads.js";
import { Menu } from "../shell/menu.js";
import { attempt } from "../shell/notices.js";
import { t } from "./words.js";

/** @import { Child } from "../vendor/preact.js" */

/**
 * @param {object} props
 * @param {string} props.title @param {string} [props.help]
 * @param {string} props.asked parameters of the report that is downloaded
 * @param {boolean} [props.isWide]
 * @param {Child} [props.children]
 */
export function Card({ title, help, asked, isWide = false, children }) {
  return h(
    "section",
    { class: isWide ? "report is-wide" : "report", "aria-label": title },
    h(
      "header",
      { class: "report-head" },
      h("h2", null, title),
      h(Menu, {
        label: t("reports.download", { name: title }),
        items: [
          { text: t("reports.csv"), run: () => void downloadReport("csv", asked) },
          { text: t("reports.picture"), run: () => void downloadReport("picture", asked) },
        ],
      }),
    ),
    help && h("p", { class: "quiet small" }, help),
    children,
  );
}

const ENDINGS = { csv: "csv", picture: "png" };

/** @param {"csv" | "picture"} kind @param {string} asked */
export function downloadReport(kind, asked) {
  const name = new URLSearchParams(asked).get("report") ?? "report";
  return attempt(() => download(`/reports/${kind}?${asked}`, `${name}.${ENDINGS[kind]}`));
}
