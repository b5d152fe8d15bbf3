/** How many recipients of a broadcast are in each state, in words. */

import { t } from "../words.js";

/** @import { Broadcast } from "../../administration/types.d.ts" */

export const STATES = /** @type {const} */ ([
  "waiting",
  "queued",
  "sent",
  "failed",
  "uncertain",
  "skipped",
]);

/** @param {Broadcast["counts"]} counts such as 12 sent · 1 failed */
export const countsInWords = (counts) =>
  STATES.filter((each) => counts[each])
    .map((each) => `${counts[each]} ${t(`recipient.${each}`)}`)
    .join(" · ");
