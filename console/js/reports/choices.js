/** What reports can be restricted to: the desk's channels, agents and tags. */

import { useEffect, useState } from "../vendor/preact.js";
import { getAll } from "../server/all_pages.js";
import { get } from "../server/http.js";

/** @import { Tag } from "../../types.d.ts" */

/** @typedef {{id: string, name: string}} Choice */
/** @typedef {{channels: Choice[], agents: Choice[], tags: Choice[]}} Choices */

/** @returns {Choices} nothing until it is loaded, and where that fails: reports are shown without */
export function useChoices() {
  const [found, setFound] = useState(
    /** @type {Choices} */ ({ channels: [], agents: [], tags: [] }),
  );
  useEffect(() => {
    /** @type {Promise<{items: Tag[]}>} */
    const tags = get("/tags");
    Promise.all([getAll("/channels"), getAll("/agents"), tags]).then(
      ([channels, agents, { items }]) => setFound({ channels, agents, tags: items }),
      () => {},
    );
  }, []);
  return found;
}
