/** A button that opens a short list of actions. */

import { h, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "./icons.js";

/** @typedef {{text: string, run: () => void, isDangerous?: boolean}} MenuItem */

/** @param {{label: string, items: MenuItem[], kind?: string}} props */
export function Menu({ label, items, kind = "" }) {
  const [isOpen, setOpen] = useState(false);
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    element.current?.querySelector("[role=menuitem]")?.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null | undefined} */ (
      element.current?.querySelector("[role=menuitem]")
    )?.focus();
    /** @param {Event} event */
    const close = (event) => {
      if (!(event.target instanceof Node) || !element.current?.contains(event.target))
        setOpen(false);
    };
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [isOpen]);

  /** @param {KeyboardEvent} event */
  function move(event) {
    const buttons = [...(element.current?.querySelectorAll("[role=menuitem]") ?? [])];
    const place = buttons.indexOf(/** @type {Element} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      setOpen(false);
      element.current?.querySelector("button")?.focus();
      if (event.key === "Tab") return;
    } else if (step) {
      const next = buttons[(place + step + buttons.length) % buttons.length];
      if (next instanceof HTMLElement) next.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return h(
    "div",
    {
      class: `menu ${kind} ${isOpen ? "is-open" : ""}`,
      ref: element,
      onKeyDown: (event) => isOpen && move(event),
    },
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": label,
        "aria-haspopup": "menu",
        "aria-expanded": String(isOpen),
        onClick: () => setOpen(!isOpen),
      },
      h(Icon, { name: "menu" }),
    ),
    isOpen &&
      h(
        "div",
        { class: "menu-items", role: "menu", "aria-label": label },
        items.map((each) =>
          h(
            "button",
            {
              key: each.text,
              type: "button",
              role: "menuitem",
              tabIndex: -1,
              class: each.isDangerous ? "menu-item is-dangerous" : "menu-item",
              onClick: () => {
                setOpen(false);
                each.run();
              },
            },
            each.text,
          ),
        ),
      ),
  );
}
