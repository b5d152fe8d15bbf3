/** The console's words in the language of the user; those of other languages than English come later. */

import { signal } from "../vendor/preact.js";
import { EN } from "./en.js";
import { fill } from "./fill.js";
import { language } from "./language.js";

/** @typedef {keyof typeof EN} Key */

/** @type {import("../vendor/preact.js").Signal<Record<"en" | "id", Record<string, string>>>} */
const dictionaries = signal({ en: EN, id: {} });
/** Whether the words of the user's language have come, or cannot come now. */
export const hasWords = signal(false);

/** Add the words of a script that was loaded later. @param {"en" | "id"} of @param {Record<string, string>} words */
export function addWords(of, words) {
  const before = dictionaries.peek();
  dictionaries.value = { ...before, [of]: { ...before[of], ...words } };
}

/**
 * Return a text; each script has its own type of `translate`, with its keys.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export const translate = (key, values = {}) =>
  fill(dictionaries.value[language.value][key] ?? dictionaries.value.en[key] ?? key, values);

/**
 * Return a text. `singular|plural` is chosen by `n`.
 * @type {(key: Key, values?: Record<string, string | number>) => string}
 */
export const t = translate;

export { language };
