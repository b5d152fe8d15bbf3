/** All keys at a glance. */

import { h, signal } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Dialog } from "./dialog.js";

/** @import { Key } from "../i18n/words.js" */

export const showsHelp = signal(false);

/** @type {[string[], Key][]} */
const KEYS = [
  [["N"], "help.next"],
  [["J", "K"], "help.move"],
  [["Enter"], "help.open"],
  [["F"], "help.filter"],
  [["X"], "help.pick"],
  [["R"], "help.answer"],
  [["C"], "help.claim"],
  [["T"], "help.transfer"],
  [["E"], "help.end"],
  [["//", "Alt+N"], "help.note"],
  [["Enter", "↑", "Esc"], "help.suggestion"],
  [["/"], "help.canned"],
  [["Ctrl+F"], "help.search"],
  [["Ctrl+K"], "help.palette"],
  [["Esc"], "help.back"],
  [["?"], "help.help"],
];

export function Help() {
  if (!showsHelp.value) return null;
  return h(
    Dialog,
    { title: t("help.title"), onClose: () => (showsHelp.value = false) },
    h("p", { class: "quiet" }, t("help.intro")),
    h(
      "dl",
      { class: "keys" },
      KEYS.map(([keys, text]) =>
        h(
          "div",
          { key: text },
          h(
            "dt",
            null,
            keys.map((each) => h("kbd", { key: each }, each)),
          ),
          h("dd", null, t(text)),
        ),
      ),
    ),
  );
}
