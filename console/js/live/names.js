/** Names of agents and tags that were changed since the page was opened: what it has is older. */

import { signal } from "../vendor/preact.js";

/** @import { LiveEvent } from "../../types.d.ts" */

/** By the ids; null: it was deleted. */
const changed = signal(/** @type {ReadonlyMap<string, string | null>} */ (new Map()));

/** @param {LiveEvent} event */
export function takeName({ type, agent, tag_id: tag, tag_name: name }) {
  const isAgent = type === "agent.changed";
  const id = isAgent ? agent?.id : type === "tag.changed" && tag;
  if (id) changed.value = new Map(changed.peek()).set(id, (isAgent ? agent?.name : name) ?? null);
}

/** Events are missing: everything is loaded again, with the names of now. */
export function forgetNames() {
  changed.value = new Map();
}

/** @param {{id: string, name: string}} named */
export const nameOf = ({ id, name }) => changed.value.get(id) ?? name;

/** The tags that there still are. @template {{id: string, name: string}} Named @param {Named[]} tags */
export const namesOf = (tags) =>
  tags
    .filter(({ id }) => changed.value.get(id) !== null)
    .map((each) => ({ ...each, name: nameOf(each) }));
