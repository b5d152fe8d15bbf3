// A small menu beside a button: arrow keys move in it, Escape and a press elsewhere close it.

import { el, icon } from "./dom.js";

const GAP = 6;

/** Open a menu; items are {label, icon, run, danger, checked} or null. `top` is an element above them. */
export function openMenu(anchor, items, top = null) {
  const menu = el(
    "div",
    { class: "menu", popover: "auto", role: "menu" },
    top,
    items.filter(Boolean).map(item),
  );
  document.body.append(menu);
  menu.addEventListener("toggle", (event) => event.newState === "closed" && closed(menu, anchor));
  menu.addEventListener("keydown", walk);
  menu.addEventListener("click", (event) => event.target.closest("button") && menu.hidePopover());
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect(), anchor.closest(".pane").getBoundingClientRect());
  menu.querySelector("button")?.focus();
}

function item({ label, icon: name, run, danger = false, checked = null }) {
  return el(
    "button",
    {
      type: "button",
      class: danger ? "menu-item danger" : "menu-item",
      role: checked === null ? "menuitem" : "menuitemcheckbox",
      "aria-checked": checked === null ? null : String(checked),
      on: { click: run },
    },
    name ? icon(name) : null,
    el("span", { text: label }),
    checked === null ? null : el("span", { class: "switch", "aria-hidden": "true" }),
  );
}

function closed(menu, anchor) {
  if (menu.contains(document.activeElement) || document.activeElement === document.body)
    anchor.focus?.({ preventScroll: true });
  menu.remove();
}

// Open towards the middle of the pane.
function place(menu, at, pane) {
  const { width, height } = menu.getBoundingClientRect();
  const onLeft = at.left + at.right < pane.left + pane.right;
  const left = Math.min(onLeft ? at.left : at.right - width, window.innerWidth - width - 8);
  const below = at.bottom + GAP;
  const top = below + height < window.innerHeight - 8 ? below : Math.max(8, at.top - GAP - height);
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${top}px`;
}

function walk(event) {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons.at((at + step) % buttons.length)?.focus();
}
