/** Short-lived links to the files of messages; those that are wanted together are asked together. */

import { post } from "./http.js";
import { Problem } from "./problem.js";

/**
 * @typedef {object} FileLink
 * @property {string} message_id
 * @property {string} url
 * @property {string} download_url
 * @property {string | null} thumbnail_url
 */

const MOST_AT_ONCE = 100;
/** @type {Map<string, {resolve: (link: FileLink) => void, reject: (error: unknown) => void}[]>} */
let wanted = new Map();

/** @param {string} messageId @returns {Promise<FileLink>} */
export function findFileLink(messageId) {
  if (wanted.size === 0) setTimeout(() => void ask());
  return new Promise((resolve, reject) => {
    wanted.set(messageId, [...(wanted.get(messageId) ?? []), { resolve, reject }]);
  });
}

async function ask() {
  const asked = [...wanted];
  wanted = new Map();
  for (let i = 0; i < asked.length; i += MOST_AT_ONCE) {
    const part = asked.slice(i, i + MOST_AT_ONCE);
    try {
      /** @type {{items: FileLink[]}} */
      const found = await post("/file-links", { message_ids: part.map(([id]) => id) });
      const byId = new Map(found.items.map((each) => [each.message_id, each]));
      for (const [id, waiting] of part) {
        const link = byId.get(id);
        for (const each of waiting) {
          if (link) each.resolve(link);
          else each.reject(new Problem(404, { title: "" }));
        }
      }
    } catch (error) {
      for (const [, waiting] of part) for (const each of waiting) each.reject(error);
    }
  }
}
