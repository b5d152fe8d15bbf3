// The buttons under a message.

import { el, icon } from "./dom.js";
import { safeUrl } from "./entities.js";

/** Return the inline keyboard of a message, or null; callback buttons call `press(button)`. */
export function renderButtons(message, press) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const draw = (row, y) =>
    el(
      "div",
      { class: "button-row" },
      row.map((button, x) => one(button, `button-${y}-${x}`, press)),
    );
  return el("div", { class: "inline-buttons" }, rows.map(draw));
}

function one(button, focus, press) {
  const style = button.style ? `style-${button.style}` : "";
  const props = { class: `inline-button ${style}`, "data-focus": focus };
  const label = el("span", { text: button.text });
  if (button.url) return link(button, props, label);
  const node = el(
    "button",
    { type: "button", ...props, on: { click: pressed } },
    label,
    button.copy_text ? icon("copy") : null,
  );
  if (button.callback_data === undefined && !button.copy_text) node.disabled = true;
  return node;

  async function pressed() {
    if (button.copy_text) return navigator.clipboard?.writeText(button.copy_text.text);
    node.classList.add("waiting");
    node.setAttribute("aria-busy", "true");
    await press(button);
    node.classList.remove("waiting");
    return node.removeAttribute("aria-busy");
  }
}

function link(button, props, label) {
  const href = safeUrl(button.url);
  return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
}
