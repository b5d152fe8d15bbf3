/** Formatting and emoji beside the choice of the mode: two buttons, and what they open. */

import { h, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { EmojiPicker, FormatRow } from "../shell/extras.js";
import { Icon } from "../shell/icons.js";

/** @import { Format } from "./marks.js" */

/** The field keeps the focus, and with it the keyboard of a phone. @param {Event} event */
const keepFocus = (event) => event.preventDefault();

/** @param {{formats: Format[], onFormat: (format: Format) => void, onType: (words: string) => void}} props */
export function WritingTools({ formats, onFormat, onType }) {
  const [open, setOpen] = useState(/** @type {"" | "format" | "emoji"} */ (""));
  /** @param {"format" | "emoji"} what @param {import("../vendor/preact.js").Child} shown */
  const button = (what, shown) =>
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t(`composer.${what}`),
        "aria-expanded": String(open === what),
        onMouseDown: keepFocus,
        onClick: () => setOpen(open === what ? "" : what),
      },
      shown,
    );
  return [
    h(
      "div",
      { key: "tools", class: "writing-tools" },
      button("format", h("span", { "aria-hidden": "true" }, "Aa")),
      button("emoji", h(Icon, { name: "smile" })),
    ),
    open === "format" && h(FormatRow, { key: "format", formats, onFormat, keepFocus }),
    open === "emoji" && h(EmojiPicker, { key: "emoji", onType, onClose: () => setOpen("") }),
  ];
}
