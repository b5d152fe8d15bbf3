/** What the inbox can be filtered by, with names. */

import { signal } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { listChannels } from "../server/abilities.js";
import { getAll } from "../server/all_pages.js";
import { attempt } from "../shell/notices.js";
import { t } from "./words.js";

/** @import { Agent, Tag } from "../../types.d.ts" */
/** @import { Filter } from "../inbox/rows.js" */

/** @typedef {keyof Filter} Part */
/** @typedef {{id: string, name: string}} Choice */

/** @type {Part[]} */
export const PARTS = ["channel", "agent", "tag"];

/** @type {import("../vendor/preact.js").Signal<{agents: Agent[], tags: Tag[]} | null>} */
const known = signal(null);

/** Agents and tags are few, and change seldom: they are read when somebody wants to choose. */
export const loadChoices = () =>
  attempt(async () => {
    const [agents, tags] = await Promise.all([getAll("/agents"), getAll("/tags")]);
    known.value = { agents, tags };
  });

/** Agents see no conversations of other people. @param {Part} part @returns {Choice[]} */
export function listChoices(part) {
  if (part === "channel") return listChannels();
  if (part === "tag") return known.value?.tags ?? [];
  return (known.value?.agents ?? []).filter(
    (each) => me.value?.role === "ADMIN" || each.kind === "ai",
  );
}

/** @param {string} id also of an agent whose conversations are not seen */
export const nameAgent = (id) =>
  known.value?.agents.find((each) => each.id === id)?.name ?? (known.value ? "?" : "…");

/** @param {Part} part @param {string} id */
export function nameChoice(part, id) {
  const name = listChoices(part).find((each) => each.id === id)?.name;
  return name ?? (known.value === null ? "…" : t("filter.unknown"));
}

/** The parts of a filter in words. @param {Filter} filter */
export const describeFilter = (filter) =>
  PARTS.flatMap((part) => {
    const id = filter[part];
    return id === null ? [] : [`${t(`filter.${part}`)}: ${nameChoice(part, id)}`];
  });
