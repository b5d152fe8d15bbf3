/** How far an answer has come: only what the server says. */

import { h } from "../vendor/preact.js";
import { deliveryName } from "../text/labels.js";
import { Icon } from "../shell/icons.js";

/** @import { Message } from "../../types.d.ts" */

/** @type {Record<string, "clock" | "check" | "checks" | "alert">} */
const ICONS = {
  pending: "clock",
  held: "clock",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "alert",
  uncertain: "alert",
};

/** @param {{message: Message}} props */
export function Delivery({ message }) {
  const icon = ICONS[message.delivery_state];
  if (message.direction !== "outbound" || !icon) return null;
  const name = deliveryName(message);
  return h(
    "span",
    { class: `delivery is-${message.delivery_state}`, title: message.delivery_error ?? name },
    h(Icon, { name: icon, size: 16 }),
    h(
      "span",
      { class: ["failed", "uncertain", "held"].includes(message.delivery_state) ? "" : "hidden" },
      name,
    ),
  );
}
