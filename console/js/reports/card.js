/** A report on the page: its title, what it shows, and how to take it away as a file. */

import { h } from "../vendor/preact.js";
import { send } from "../server/http.js";
import { Menu } from "../shell/menu.js";
import { attempt } from "../shell/notices.js";
import { isMiniApp } from "../telegram/bridge.js";
import { saveFile } from "../telegram/links.js";
import { t } from "./words.js";

/** @import { Child } from "../vendor/preact.js" */

const KEPT_MS = 60_000;

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
      // Telegram saves what has an address, and nothing that a page made.
      !isMiniApp &&
        h(Menu, {
          label: t("reports.download", { name: title }),
          items: [
            { text: t("reports.csv"), run: () => void download("csv", asked) },
            { text: t("reports.picture"), run: () => void download("picture", asked) },
          ],
        }),
    ),
    help && h("p", { class: "quiet small" }, help),
    children,
  );
}

/** @param {"csv" | "picture"} kind @param {string} asked */
export const download = (kind, asked) =>
  attempt(async () => {
    const response = await send("GET", `/reports/${kind}?${asked}`);
    const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "");
    const content = URL.createObjectURL(await response.blob());
    saveFile(content, named?.[1] ?? "report");
    setTimeout(() => URL.revokeObjectURL(content), KEPT_MS);
  });
