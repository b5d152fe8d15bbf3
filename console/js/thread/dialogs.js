/** Which dialog about the shown session is open; keys, the menu and commands open them. */

import { signal } from "../vendor/preact.js";

export const dialog = signal(/** @type {"" | "transfer" | "snooze" | "tags"} */ (""));

export function closeDialog() {
  dialog.value = "";
}
