/** A dialog in front of the page: the browser keeps the focus inside and returns it. */

import { h, signal, useLayoutEffect, useRef } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Icon } from "./icons.js";

/** @import { Child } from "../vendor/preact.js" */

/** How many are open. */
export const openDialogs = signal(0);

/** Close the dialog in front; return whether there was one. */
export function closeTopDialog() {
  const [top] = [...document.querySelectorAll("dialog[open]")].toReversed();
  return top?.dispatchEvent(new Event("cancel", { cancelable: true })) !== undefined;
}

/** @param {{title: string, onClose: () => void, kind?: string, children?: Child}} props */
export function Dialog({ title, onClose, kind = "box", children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    openDialogs.value++;
    return () => {
      openDialogs.value--;
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
