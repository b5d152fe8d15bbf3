// Short notices: a toast that disappears by itself, or an alert to close.

import { el } from "./dom.js";

const SHOWN_MS = 4000;

/** Show a line at the bottom of `place` for some seconds. */
export function toast(place, text, kind = "info") {
  const node = el("div", { class: `toast ${kind}`, role: "status", text });
  place.querySelector(":scope > .toast")?.remove();
  place.append(node);
  setTimeout(() => node.remove(), SHOWN_MS);
}

/** Show why something did not work. */
export const complain = (place, error) => toast(place, error.message, "error");

/** Show a text until the user closes it, for a callback answer with show_alert. */
export function alertBox(text) {
  const close = el("button", {
    type: "button",
    class: "primary",
    text: "OK",
    on: { click: () => dialog.close() },
  });
  const dialog = el(
    "dialog",
    { class: "dialog alert", role: "alertdialog" },
    el("p", { text }),
    el("div", { class: "dialog-foot" }, close),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
