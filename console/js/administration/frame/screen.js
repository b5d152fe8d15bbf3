/** One screen of the administration: its head with the way back, and what it shows below. */

import { h, useLayoutEffect, useRef } from "../../vendor/preact.js";
import { Icon } from "../../shell/icons.js";
import { t } from "../words.js";

/** @import { Child } from "../../vendor/preact.js" */

/** The address of a screen, and of one thing on it. @param {...string} path */
export const addressOf = (...path) => `#/${["administration", ...path].join("/")}`;

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} [props.help] what it is for, in a sentence
 * @param {string} [props.back] where the arrow leads to; without it to the list of screens, on a phone
 * @param {Child} [props.action] a button in the head
 * @param {Child} [props.children]
 */
export function Screen({ title, help, back, action, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  // Whoever came by a key goes on reading here, and the page that they left is gone.
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return h(
    "section",
    { class: "pane detail-pane", "aria-label": title },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        {
          class: back ? "icon-button" : "icon-button to-screens",
          href: back ?? addressOf(),
          "aria-label": t("common.back"),
        },
        h(Icon, { name: "back" }),
      ),
      h("h1", { class: "one-line", dir: "auto", tabIndex: -1, ref: heading }, title),
      action,
    ),
    h(
      "div",
      { class: "detail-scroll", tabIndex: 0 },
      help && h("p", { class: "quiet" }, help),
      children,
    ),
  );
}

/** A part of a screen with a heading. @param {{title: string, help?: string, children?: Child}} props */
export function Part({ title, help, children }) {
  return h(
    "section",
    { class: "part" },
    h("h2", null, title),
    help && h("p", { class: "quiet small" }, help),
    children,
  );
}

/**
 * A link in a head that leads to the form for a new thing. It is short, so that the title has room.
 * @param {{href: string, words: string}} props `words`: its name for screen readers, such as “Add a reply”
 */
export function AddLink({ href, words }) {
  return h(
    "a",
    { class: "button is-primary add-link", href, "aria-label": words },
    h(Icon, { name: "plus", size: 18 }),
    t("list.add"),
  );
}
