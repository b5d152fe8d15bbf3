// The buttons under a message.

import { el, icon } from "./dom.js";
import { safeUrl } from "./entities.js";

/** Return the inline keyboard of a message, or null; all buttons but plain links call `press(button)`. */
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
  if (button.url && !readBotLink(button.url)) return link(button, props, label);
  const node = el(
    "button",
    { type: "button", ...props, on: { click: pressed } },
    label,
    button.copy_text ? icon("copy") : null,
  );
  const isPlayed = button.copy_text || button.web_app || button.url;
  if (button.callback_data === undefined && !isPlayed) node.disabled = true;
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

/** Return the bot and the word that a link `t.me/BOT?start=WORD` gives it, or null. */
export function readBotLink(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const start = url?.searchParams.get("start");
  return url?.hostname === "t.me" && start ? { username: url.pathname.slice(1), start } : null;
}

function link(button, props, label) {
  const href = safeUrl(button.url);
  return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
}
