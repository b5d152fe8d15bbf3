/** A value to take elsewhere, with a button that copies it. */

import { h } from "../../vendor/preact.js";
import { notify } from "../../shell/notices.js";
import { t } from "../words.js";

/** @param {{label: string, value: string, help?: string}} props */
export function Copyable({ label, value, help }) {
  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      notify(t("copy.done"));
    } catch {
      notify(t("copy.by_hand"), true);
    }
  }
  return h(
    "div",
    { class: "field", role: "group", "aria-label": label },
    h("span", null, label),
    h(
      "div",
      { class: "copyable" },
      h("code", { class: "secret", tabIndex: 0 }, value),
      h("button", { type: "button", class: "button", onClick: () => void copy() }, t("copy.copy")),
    ),
    help && h("p", { class: "quiet small" }, help),
  );
}
