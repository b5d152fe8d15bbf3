/** The words of the list of emoji: those of the first script, and its own, which come beside it. */

import { t as translate } from "../i18n/words.js";

/** @typedef {keyof typeof import("./i18n/en.js").WORDS} Own */
/** @typedef {import("../i18n/words.js").Key | Own} Key */

/** @type {(key: Key) => string} */
export const t = /** @type {any} */ (translate);
