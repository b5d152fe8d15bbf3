/** Buttons that format what is being written, and how it will look. */

import { h } from "../vendor/preact.js";
import { Icon } from "../shell/icons.js";
import { RichText } from "../thread/rich_text.js";
import { t } from "./words.js";

/** @import { FormatProps, PreviewProps } from "../shell/extras.js" */
/** @import { Format } from "../composer/marks.js" */
/** @import { Child } from "../vendor/preact.js" */

/** @type {Record<Format, () => Child>} */
const SHOWN = {
  bold: () => h("b", null, "B"),
  italic: () => h("i", null, "I"),
  underline: () => h("u", null, "U"),
  strikethrough: () => h("s", null, "S"),
  code: () => h("code", null, "<>"),
  text_link: () => h(Icon, { name: "link" }),
};

/** @param {FormatProps} props */
export function FormatRow({ formats, onFormat, keepFocus }) {
  return h(
    "div",
    { class: "format-row", role: "group", "aria-label": t("composer.format") },
    formats.map((format) =>
      h(
        "button",
        {
          key: format,
          type: "button",
          class: "icon-button",
          "aria-label": t(`format.${format}`),
          title: t(`format.${format}`),
          onMouseDown: keepFocus,
          onClick: () => onFormat(format),
        },
        SHOWN[format](),
      ),
    ),
  );
}

/** @param {PreviewProps} props */
export function FormatPreview({ text, entities, onClose }) {
  return h(
    "div",
    { class: "strip is-preview" },
    h("span", { class: "strip-label" }, t("format.preview")),
    h(RichText, { text, entities }),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("format.plain"),
        title: t("format.plain"),
        onClick: onClose,
      },
      h(Icon, { name: "close", size: 18 }),
    ),
  );
}
