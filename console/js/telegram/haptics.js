/** What a phone lets its user feel, where Telegram can. */

import { tell } from "./bridge.js";

/** @param {"sent" | "done" | "failed"} what */
export function feel(what) {
  const touch =
    what === "sent"
      ? { type: "impact", impact_style: "light" }
      : { type: "notification", notification_type: what === "done" ? "success" : "error" };
  tell("web_app_trigger_haptic_feedback", touch);
}
