/** Says what it does by its name and its picture. */

import { h } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Icon } from "../shell/icons.js";

/** @param {{isNote: boolean, isEdit: boolean, isDisabled: boolean, onSend: () => void}} props */
export function SendButton({ isNote, isEdit, isDisabled, onSend }) {
  return h(
    "button",
    {
      type: "button",
      class: "send",
      "aria-label": t(isEdit ? "composer.save" : isNote ? "composer.save_note" : "composer.send"),
      disabled: isDisabled,
      onClick: onSend,
    },
    h(Icon, { name: isNote ? "note" : isEdit ? "check" : "send" }),
  );
}
