/** A dialog in front of the page: the browser keeps the focus inside and returns it. */

import { h, useLayoutEffect, useRef } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Icon } from "./icons.js";

/** @import { Child } from "../vendor/preact.js" */

/** @param {{title: string, onClose: () => void, kind?: string, children?: Child}} props */
export function Dialog({ title, onClose, kind = "box", children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return h(
    "dialog",
    {
      ref: element,
      class: `dialog is-${kind}`,
      "aria-label": title,
      onCancel: (/** @type {Event} */ event) => {
        event.preventDefault();
        onClose();
      },
      onClick: (event) => event.target === event.currentTarget && onClose(),
    },
    h(
      "div",
      { class: "dialog-body" },
      h(
        "header",
        { class: "dialog-head" },
        h("h2", null, title),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": t("common.close"),
            onClick: onClose,
          },
          h(Icon, { name: "close" }),
        ),
      ),
      children,
    ),
  );
}
