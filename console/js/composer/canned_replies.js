/** The canned replies of a channel, loaded when they are needed. */

import { signal } from "../vendor/preact.js";
import { get, post, query } from "../server/http.js";

/** @import { Macro } from "../shell/extras.js" */
/** @import { CannedReply, Page, SessionDetail } from "../../types.d.ts" */

const MOST_SHOWN = 8;
const LIFE_MS = 60_000;
/** @type {import("../vendor/preact.js").Signal<{channel: string, at: number, items: CannedReply[]} | null>} */
const loaded = signal(null);

/**
 * What the palette chose for the conversation that is shown: its composer takes it.
 * @type {import("../vendor/preact.js").Signal<Macro | null>}
 */
export const chosenMacro = signal(null);

/** They have changed: load them again when they are needed. */
export function forgetCannedReplies() {
  loaded.value = null;
}

/** @param {string} channel */
export async function loadCannedReplies(channel) {
  const known = loaded.peek();
  if (known?.channel === channel && Date.now() - known.at < LIFE_MS) return;
  /** @type {Page<CannedReply>} */
  const page = await get(`/canned-replies${query({ channel_id: channel, limit: 100 })}`);
  loaded.value = { channel, at: Date.now(), items: page.items };
}

/** @param {CannedReply} reply @returns {reply is Macro} */
export const isMacro = (reply) => reply.actions !== null;

/** Those that do more than send a text. @param {string | undefined} channel */
export const listMacros = (channel) =>
  (loaded.value?.channel === channel ? (loaded.value?.items ?? []) : []).filter(isMacro);

/** @param {string} channel @param {string} words */
export function findCannedReplies(channel, words) {
  return loaded.value?.channel === channel ? matchReplies(loaded.value.items, words) : [];
}

/** @param {CannedReply[]} replies @param {string} words */
export function matchReplies(replies, words) {
  const wanted = words.toLowerCase();
  const byShortcut = replies.filter(({ shortcut }) => shortcut.toLowerCase().startsWith(wanted));
  const byTitle = replies.filter(
    (each) => !byShortcut.includes(each) && each.title.toLowerCase().includes(wanted),
  );
  return [...byShortcut, ...(wanted ? byTitle : [])].slice(0, MOST_SHOWN);
}

/** @param {CannedReply} reply @param {SessionDetail} session @returns {Promise<string>} */
export async function fillIn(reply, session) {
  /** @type {{text: string}} */
  const filled = await post(`/canned-replies/${reply.id}/preview`, { session_id: session.id });
  return filled.text;
}
