/** The current time, for what counts on the screen. */

import { signal } from "../vendor/preact.js";

export const now = signal(Date.now());

setInterval(() => {
  if (document.visibilityState === "visible") now.value = Date.now();
}, 10_000);
document.addEventListener("visibilitychange", () => (now.value = Date.now()));
