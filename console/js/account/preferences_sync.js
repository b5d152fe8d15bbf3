/** Preferences follow the user to other devices; this device keeps them too, for the next start. */

import { effect } from "../vendor/preact.js";
import { prefer, preferences } from "../browser/preferences.js";
import { get, patch } from "../server/http.js";

/** @import { Preferences } from "../browser/preferences.js" */

/** @typedef {{language: "en" | "id" | null, theme: "auto" | "light" | "dark", single_keys: boolean, sound: boolean, notifications: boolean}} Stored */

/** @param {Stored} stored @returns {Preferences} */
const fromStored = ({ language, theme, single_keys: singleKeys, sound, notifications }) => ({
  language,
  theme: theme === "auto" ? "system" : theme,
  singleKeys,
  sound,
  notifications,
});

/** @param {Preferences} chosen @returns {Stored} */
const toStored = ({ language, theme, singleKeys, sound, notifications }) => ({
  language,
  theme: theme === "system" ? "auto" : theme,
  single_keys: singleKeys,
  sound,
  notifications,
});

/** Take over what the user chose elsewhere, then store each change. Returns how to stop. */
export function syncPreferences() {
  /** @type {(() => void) | null} */
  let stop = null;
  let isStopped = false;
  async function begin() {
    let known = "";
    const atStart = preferences.peek();
    try {
      const found = fromStored(await get("/auth/me/preferences"));
      if (isStopped) return;
      known = JSON.stringify(found);
      // What the user chose while the answer was on its way is newer, and is stored below.
      if (preferences.peek() === atStart) prefer(found);
    } catch {
      return; // This device's choice counts until the next start.
    }
    stop = effect(() => {
      const next = JSON.stringify(preferences.value);
      if (next === known) return;
      known = next;
      patch("/auth/me/preferences", toStored(preferences.value)).catch(() => {});
    });
  }
  void begin();
  return () => {
    isStopped = true;
    stop?.();
  };
}
