/** The language of the user: the chosen one, or else the browser's. */

import { computed } from "../vendor/preact.js";
import { preferences } from "../browser/preferences.js";

export const language = computed(
  () => preferences.value.language ?? (/^(id|in)\b/i.test(navigator.language) ? "id" : "en"),
);
