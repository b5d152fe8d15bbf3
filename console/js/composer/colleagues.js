/** Colleagues whom a note can name with `@`, loaded when they are needed. */

import { signal } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { t } from "../i18n/words.js";
import { get } from "../server/http.js";
import { findNaming, matchColleagues } from "./naming.js";

/** @import { Agent, Page } from "../../types.d.ts" */

const colleagues = signal(/** @type {Agent[] | null} */ (null));

export async function loadColleagues() {
  /** @type {Page<Agent>} */
  const page = await get("/agents?kind=human&limit=100");
  const active = page.items.filter((each) => each.is_active);
  colleagues.value = active.toSorted((one, other) => one.name.localeCompare(other.name));
}

/** @param {string} text @param {number} caret @param {(text: string, caret: number) => void} onText */
export function listColleagues(text, caret, onText) {
  const naming = findNaming(text.slice(0, caret));
  if (!naming) return [];
  const others = (colleagues.value ?? []).filter(({ id }) => id !== me.value?.agent_id);
  return matchColleagues(others, naming.words)
    .filter(({ name }) => name.toLowerCase() !== naming.words.toLowerCase())
    .map((each) => {
      const start = `${text.slice(0, naming.at)}@${each.name} `;
      return {
        id: each.id,
        name: `@${each.name}`,
        title: each.role === "ADMIN" ? "" : t("mention.sees_note"),
        text: "",
        choose: () => onText(start + text.slice(caret).replace(/^ /, ""), start.length),
      };
    });
}
