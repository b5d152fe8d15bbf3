/** All keys at a glance. */

import { h } from "../vendor/preact.js";
import { t } from "../extras/words.js";
import { Dialog } from "./dialog.js";

/** @import { Key } from "../extras/words.js" */

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
  [["Ctrl+B", "I", "U", "Shift+X", "M"], "help.format"],
  [["Ctrl+F"], "help.search"],
  [["Ctrl+K"], "palette.title"],
  [["Esc"], "help.back"],
  [["?"], "help.help"],
];

/** @param {{onClose: () => void}} props */
export function Help({ onClose }) {
  return h(
    Dialog,
    { title: t("help.title"), onClose },
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
