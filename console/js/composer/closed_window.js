/** Instead of the field while only templates can be sent. */

import { h } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { extraDialog } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";

/** @param {{onTemplate: () => void}} props */
export function ClosedWindow({ onTemplate }) {
  return h(
    "div",
    { class: "closed-window" },
    h("p", null, t("window.closed_help")),
    h(
      "div",
      { class: "buttons" },
      h(
        "button",
        { type: "button", class: "button is-primary", onClick: onTemplate },
        h(Icon, { name: "template", size: 18 }),
        t("template.choose"),
      ),
      h(
        "button",
        { type: "button", class: "button", onClick: () => (extraDialog.value = "palette") },
        t("palette.open"),
      ),
    ),
  );
}
