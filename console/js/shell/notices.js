/** Short notices at the foot of the page, which are also read aloud. */

import { h, signal } from "../vendor/preact.js";
import { toProblem } from "../server/problem.js";
import { feel } from "../telegram/haptics.js";
import { t } from "../i18n/words.js";
import { explain } from "./problems.js";

/** @typedef {{id: number, text: string, isError: boolean}} Notice */

/** What went well is read at a glance, and covers the foot of a phone while it is shown. */
const SHOWN_MS = 2500;
const ERROR_SHOWN_MS = 6000;
/** @type {import("../vendor/preact.js").Signal<Notice[]>} */
const notices = signal([]);
let last = 0;

/** @param {string} text @param {boolean} [isError] */
export function notify(text, isError = false) {
  const id = ++last;
  if (isError) feel("failed");
  const others = notices.value.filter((each) => each.text !== text);
  notices.value = [...others.slice(-2), { id, text, isError }];
  setTimeout(() => dismiss(id), isError ? ERROR_SHOWN_MS : SHOWN_MS);
}

/** Run something; show why it failed. Returns whether it worked. @param {() => Promise<unknown>} work */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    notify(explain(toProblem(error)), true);
    return false;
  }
}

/** @param {number} id */
function dismiss(id) {
  notices.value = notices.value.filter((each) => each.id !== id);
}

export function Notices() {
  return h(
    "div",
    { class: "notices", role: "status", "aria-live": "polite" },
    notices.value.map(({ id, text, isError }) =>
      h(
        "div",
        { key: id, class: isError ? "notice is-error" : "notice" },
        h("span", null, text),
        h(
          "button",
          { type: "button", class: "link", onClick: () => dismiss(id) },
          t("common.dismiss"),
        ),
      ),
    ),
  );
}
