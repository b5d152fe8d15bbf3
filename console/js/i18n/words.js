/** The console's words in the language of the user. */

import { computed } from "../vendor/preact.js";
import { preferences } from "../browser/preferences.js";
import { EN } from "./en.js";
import { fill } from "./fill.js";
import { ID } from "./id.js";

/** @typedef {keyof typeof EN} Key */

/** @type {Record<"en" | "id", Record<Key, string>>} */
const DICTIONARIES = { en: EN, id: ID };

export const language = computed(
  () => preferences.value.language ?? (/^(id|in)\b/i.test(navigator.language) ? "id" : "en"),
);

/**
 * Return a text. `singular|plural` is chosen by `n`.
 * @param {Key} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return fill(DICTIONARIES[language.value][key], values);
}
