/** Put a session aside until a time. */

import { h } from "../vendor/preact.js";
import { language, t } from "../i18n/words.js";
import { Dialog } from "../shell/dialog.js";
import { fullTime } from "../text/time.js";
import { snooze } from "./session_actions.js";

/** @import { SessionDetail } from "../../types.d.ts" */
/** @import { Key } from "../i18n/words.js" */

/** @param {Date} now @returns {{key: Key, until: Date}[]} */
export function listSnoozes(now) {
  const inHours = (/** @type {number} */ n) => new Date(now.getTime() + n * 3_600_000);
  const atNine = (/** @type {number} */ days) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(9, 0, 0, 0);
    return day;
  };
  return [
    { key: "snooze.hour", until: inHours(1) },
    { key: "snooze.hours", until: inHours(4) },
    { key: "snooze.tomorrow", until: atNine(1) },
    { key: "snooze.monday", until: atNine((8 - now.getDay()) % 7 || 7) },
  ];
}

/** @param {{session: SessionDetail, onClose: () => void}} props */
export function SnoozeDialog({ session, onClose }) {
  return h(
    Dialog,
    { title: t("snooze.title"), onClose },
    h("p", { class: "quiet" }, t("snooze.help")),
    h(
      "div",
      { class: "choices" },
      listSnoozes(new Date()).map(({ key, until }) =>
        h(
          "button",
          {
            key,
            type: "button",
            class: "choice",
            onClick: async () => (await snooze(session, until)) && onClose(),
          },
          h("span", { class: "choice-name" }, t(key)),
          h("span", { class: "quiet small" }, fullTime(until.toISOString(), language.value)),
        ),
      ),
    ),
  );
}
