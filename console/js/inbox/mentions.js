/** How many notes name this agent and are unread: the server counts, an event tells of changes. */

import { signal } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { get, post } from "../server/http.js";

/** @import { LiveEvent } from "../../types.d.ts" */

export const mentionCount = signal(0);

export async function loadMentionCount() {
  try {
    mentionCount.value = (await get("/mentions/count")).unread;
  } catch {
    // The next event, or the next list, loads it again.
  }
}

/** @param {LiveEvent} event */
export function takeMention({ type, agent }) {
  if (type === "mentions.changed" && agent?.id === me.peek()?.agent_id) void loadMentionCount();
}

/** What names this agent in a conversation was seen. @param {string} conversation */
export function readMentions(conversation) {
  if (mentionCount.peek() === 0) return;
  post("/mentions/read", { conversation_id: conversation }).catch(() => {});
}
