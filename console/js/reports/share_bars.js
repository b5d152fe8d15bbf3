/** Parts of a whole as bars with their number and share, which are words, too. */

import { h } from "../vendor/preact.js";
import { showNumber, showShare } from "./numbers.js";

/** @typedef {{key: string, name: string, count: number, share: number | null, sessions: string, kind?: string}} Part */

/** @param {{label: string, parts: Part[]}} props */
export function ShareBars({ label, parts }) {
  const most = Math.max(1, ...parts.map(({ count }) => count));
  return h(
    "ul",
    { class: "shares", "aria-label": label },
    parts.map(({ key, name, count, share, sessions, kind = "" }) =>
      h(
        "li",
        { key },
        h(
          "a",
          { class: "share", href: `#/reports/sessions?${sessions}` },
          h("bdi", { class: "share-name" }, name),
          h("span", { class: "share-number" }, showNumber(count)),
          h("span", { class: "quiet small" }, share === null ? "" : showShare(share)),
          h(
            "span",
            { class: "share-track", "aria-hidden": "true" },
            h("span", { class: `share-bar ${kind}`, style: { width: `${(count / most) * 100}%` } }),
          ),
        ),
      ),
    ),
  );
}
