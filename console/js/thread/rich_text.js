/** A message's text with its formatting and links. */

import { h } from "../vendor/preact.js";
import { splitText } from "../text/rich_text.js";

/** @import { Entity } from "../../types.d.ts" */
/** @import { Child } from "../vendor/preact.js" */

/** @type {Record<string, string>} */
const ELEMENTS = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "code",
  spoiler: "mark",
  blockquote: "q",
  expandable_blockquote: "q",
};

/** @param {{text: string, entities: Entity[] | null}} props */
export function RichText({ text, entities }) {
  return h(
    "p",
    { class: "text", dir: "auto" },
    splitText(text, entities).map((piece, i) => {
      /** @type {Child} */
      let shown = piece.text;
      for (const style of piece.styles) shown = h(ELEMENTS[style] ?? "span", null, shown);
      if (piece.link === null) return h("span", { key: i }, shown);
      return h(
        "a",
        { key: i, href: piece.link, target: "_blank", rel: "noopener noreferrer" },
        shown,
      );
    }),
  );
}
