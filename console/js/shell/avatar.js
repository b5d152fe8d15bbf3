/** A person as two letters on their colour. */

import { h } from "../vendor/preact.js";
import { hue, initials } from "../text/names.js";
import { Icon } from "./icons.js";

/** @param {{id: string, name: string, kind?: string, size?: "small" | "large"}} props */
export function Avatar({ id, name, kind, size }) {
  return h(
    "span",
    { class: `avatar hue-${hue(id)} ${size ? `is-${size}` : ""}`, "aria-hidden": "true" },
    kind === "ai" ? h(Icon, { name: "spark", size: 18 }) : initials(name),
  );
}
