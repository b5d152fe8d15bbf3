/** What each channel can do; until that is known, nothing is offered that may be refused. */

import { signal } from "../vendor/preact.js";
import { get } from "./http.js";

/** @typedef {{id: string, can_edit: boolean, can_delete: boolean, can_react: boolean, has_templates: boolean}} Abilities */

/** @type {import("../vendor/preact.js").Signal<Map<string, Abilities>>} */
const known = signal(new Map());

export async function loadAbilities() {
  try {
    /** @type {{items: Abilities[]}} */
    const found = await get("/channel-abilities");
    known.value = new Map(found.items.map((each) => [each.id, each]));
  } catch {
    // The next change of a channel, or the next start, asks again.
  }
}

/** @param {string} channel @param {"can_edit" | "can_delete" | "can_react" | "has_templates"} what */
export const isAble = (channel, what) => known.value.get(channel)?.[what] === true;
