/** Telegram's colours, unless the user chose others on this device. */

import { effect, signal } from "../vendor/preact.js";
import { preferences, surroundings } from "../browser/preferences.js";
import { launch, listen, tell } from "./bridge.js";
import { chooseColours } from "./colours.js";

const colours = signal(chooseColours(parseTheme()));

function parseTheme() {
  try {
    return JSON.parse(launch.theme);
  } catch {
    return null;
  }
}

export function followTelegramTheme() {
  listen("theme_changed", (data) => (colours.value = chooseColours(data.theme_params)));
  tell("web_app_request_theme");
  const { style } = document.documentElement;
  /** @type {string[]} */
  let set = [];
  effect(() => {
    for (const name of set) style.removeProperty(name);
    const found = preferences.value.theme === "system" ? colours.value : null;
    surroundings.value = found && (found.isDark ? "dark" : "light");
    set = Object.keys(found?.values ?? {});
    for (const [name, value] of Object.entries(found?.values ?? {})) style.setProperty(name, value);
    const surface = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
    tell("web_app_set_header_color", { color: surface });
    tell("web_app_set_background_color", { color: surface });
  });
}
