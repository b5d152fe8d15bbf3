/** What an AI agent's fields can be, in words. */

import { t } from "../words.js";

const LEVELS = /** @type {const} */ (["Basic", "Intermediate", "Advanced"]);
const MODES = /** @type {const} */ (["automatic", "suggest", "off"]);

/** @returns {[string, string][]} */
export const listLevels = () => LEVELS.map((each) => [each, t(`level.${each}`)]);

/** @returns {[string, string][]} */
export const listModes = () => MODES.map((each) => [each, t(`ai_mode.${each}`)]);
