/** What the provider says about a channel: in words, with what to do. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { Icon } from "../../shell/icons.js";
import { fullTime } from "../../text/time.js";
import { t } from "../words.js";

/** @import { CheckResult } from "../types.d.ts" */

/** @param {{checks: CheckResult[]}} props */
export function Checks({ checks }) {
  const at = checks[0]?.at;
  if (!at) return h("p", { class: "quiet" }, t("check.none"));
  return [
    h(
      "ul",
      { key: "checks", class: "check-list" },
      checks.map((each) =>
        h(
          "li",
          { key: `${each.subject} ${each.text}`, class: `check-line is-${each.mark}` },
          h(Icon, { name: each.mark === "good" ? "check" : "alert", size: 18 }),
          h(
            "span",
            { dir: "auto" },
            h(
              "span",
              { class: "hidden" },
              t(/** @type {import("../words.js").Key} */ (`check.${each.mark}`)),
            ),
            `${each.subject}: ${each.text}`,
            each.remedy && h("span", { class: "quiet small remedy" }, each.remedy),
          ),
        ),
      ),
    ),
    h(
      "p",
      { key: "at", class: "quiet small" },
      t("check.at", { time: fullTime(at, language.value) }),
    ),
  ];
}
