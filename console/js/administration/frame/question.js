/** A question before something that cannot be undone. */

import { h, signal } from "../../vendor/preact.js";
import { Dialog } from "../../shell/dialog.js";
import { t } from "../words.js";

/**
 * @typedef {object} Asked
 * @property {string} title
 * @property {string} text what will happen
 * @property {string} action the words of the button that does it
 * @property {boolean} [isHarmless] it deletes nothing
 */

const asked = signal(/** @type {(Asked & {answer: (isSure: boolean) => void}) | null} */ (null));

/** Ask, and return whether the answer was yes. @param {Asked} question @returns {Promise<boolean>} */
export function ask(question) {
  asked.peek()?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(isSure) {
        asked.value = null;
        resolve(isSure);
      },
    };
  });
}

/** Stands once on the page and shows what is asked. */
export function Question() {
  if (asked.value === null) return null;
  const { title, text, action, isHarmless, answer } = asked.value;
  const kind = isHarmless ? "is-primary" : "is-dangerous";
  return h(
    Dialog,
    { title, onClose: () => answer(false) },
    h("p", null, text),
    h(
      "div",
      { class: "buttons" },
      h(
        "button",
        { type: "button", class: "button", onClick: () => answer(false) },
        t("common.cancel"),
      ),
      h("button", { type: "button", class: `button ${kind}`, onClick: () => answer(true) }, action),
    ),
  );
}
