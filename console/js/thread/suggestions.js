/** Drafts of AI agents that stand in sessions: a session has at most one. */

import { signal } from "../vendor/preact.js";
import { get, post, query } from "../server/http.js";

/** @import { LiveEvent, Page, Suggestion } from "../../types.d.ts" */

/** @type {import("../vendor/preact.js").Signal<ReadonlyMap<string, Suggestion>>} by session */
const known = signal(new Map());
/** How often each session's draft changed: an answer that comes later than a change is old. @type {Map<string, number>} */
const changes = new Map();

/** @param {string | undefined} sessionId */
export const findSuggestion = (sessionId) => known.value.get(sessionId ?? "") ?? null;

/** @param {string} sessionId @param {Suggestion | null} suggestion */
function set(sessionId, suggestion) {
  const next = new Map(known.peek());
  if (suggestion === null) next.delete(sessionId);
  else next.set(sessionId, suggestion);
  known.value = next;
}

/** @param {string} sessionId @param {Promise<Suggestion | null>} answer */
async function take(sessionId, answer) {
  const before = changes.get(sessionId);
  try {
    const found = await answer;
    if (changes.get(sessionId) === before) set(sessionId, found);
  } catch {
    // The next change, or the next look at the thread, asks again.
  }
}

/** Ask for the draft of a session that is shown. @param {string} sessionId */
export function loadSuggestion(sessionId) {
  /** @type {Promise<Page<Suggestion>>} */
  const page = get(`/suggestions${query({ session_id: sessionId, limit: 1 })}`);
  return take(
    sessionId,
    page.then(({ items }) => items[0] ?? null),
  );
}

/** @param {LiveEvent} event */
export function takeSuggestion({ type, session, suggestion_id: id }) {
  if (type !== "session.suggestion" || !session) return;
  changes.set(session.id, (changes.get(session.id) ?? 0) + 1);
  if (id) void take(session.id, get(`/suggestions/${id}`));
  else set(session.id, null);
}

/** Hide a draft that is on its way to the customer. @param {Suggestion} suggestion */
export const hideSuggestion = ({ session_id: sessionId }) => set(sessionId, null);

/** @param {Suggestion} suggestion */
export async function dropSuggestion(suggestion) {
  hideSuggestion(suggestion);
  try {
    await post(`/suggestions/${suggestion.id}/drop`);
  } catch (error) {
    await loadSuggestion(suggestion.session_id);
    throw error;
  }
}
