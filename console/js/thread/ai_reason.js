/** How sure an AI agent was, and on what its answer rests. */

import { h, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";

/** @import { AiMarks } from "../../types.d.ts" */

/** @param {{marks: AiMarks | undefined}} props */
export function AiReason({ marks }) {
  const [isOpen, setOpen] = useState(false);
  if (!marks) return null;
  const share = typeof marks.confidence === "number" ? Math.round(marks.confidence * 100) : null;
  const titles = (marks.why?.passages ?? []).map((each) => each.title ?? "").filter(Boolean);
  return h(
    "div",
    { class: "ai-reason" },
    h(
      "button",
      {
        type: "button",
        class: "link small",
        "aria-expanded": String(isOpen),
        onClick: () => setOpen(!isOpen),
      },
      share === null ? t("ai.why") : t("ai.confidence", { share }),
    ),
    isOpen &&
      (titles.length > 0
        ? h(
            "ul",
            { class: "small" },
            titles.map((title) => h("li", { key: title, dir: "auto" }, title)),
          )
        : h("p", { class: "small" }, t("ai.no_article"))),
  );
}
