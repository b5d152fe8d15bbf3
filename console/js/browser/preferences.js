/** What the user prefers on this device: language, colours, single keys. */

import { effect, signal } from "../vendor/preact.js";
import { load, save } from "./storage.js";

/** @typedef {{language: "en" | "id" | null, theme: "system" | "light" | "dark", singleKeys: boolean, sound: boolean, notifications: boolean}} Preferences */

/** @type {Preferences} */
const DEFAULTS = {
  language: null,
  theme: "system",
  singleKeys: true,
  sound: true,
  notifications: false,
};

/** @type {import("../vendor/preact.js").Signal<Preferences>} */
export const preferences = signal({ ...DEFAULTS, ...load("preferences") });

/** @param {Partial<Preferences>} changes */
export function prefer(changes) {
  preferences.value = { ...preferences.value, ...changes };
  save("preferences", preferences.value);
}

/** The theme of the messenger around the page, if there is one. */
export const surroundings = signal(/** @type {"light" | "dark" | null} */ (null));

/** Show the theme that was chosen; without a choice the style sheet follows the system. */
export function followTheme() {
  effect(() => {
    const chosen = preferences.value.theme;
    const theme = chosen === "system" ? surroundings.value : chosen;
    if (theme === null) delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  });
}
