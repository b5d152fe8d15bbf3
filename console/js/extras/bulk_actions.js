/** What can be done with several sessions at once: each by the call that does it with one. */

import { signal } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { patch, post, put } from "../server/http.js";
import { newKey } from "../server/keys.js";
import { toProblem } from "../server/problem.js";
import { explain } from "../shell/problems.js";
import { takeSession } from "../thread/session_actions.js";
import { t } from "./words.js";

/** @import { Priority, SessionDetail } from "../../types.d.ts" */

/** @import { Row } from "../inbox/rows.js" */

/** @typedef {typeof ACTIONS[number]} Action */
/** @typedef {(session: string) => Promise<unknown>} Work what is done with one session */
/** @typedef {{id: string, name: string, why: string}} Refusal */

export const ACTIONS = /** @type {const} */ ([
  "claim",
  "transfer",
  "tags",
  "priority",
  "snooze",
  "read",
  "end",
]);
/** So many calls are under way at once. */
const AT_ONCE = 4;

/** What is about to be done, with conversations as they were when it was chosen. */
export const bulk = signal({
  action: /** @type {Action} */ ("read"),
  rows: /** @type {Row[]} */ ([]),
});

/** A lost answer is asked for once more: by its key, nothing is done twice. @param {string} path @param {unknown} [body] */
async function postOnce(path, body) {
  const key = newKey();
  try {
    return await post(path, body, { key });
  } catch (error) {
    if (!toProblem(error).isUnanswered) throw error;
    return post(path, body, { key });
  }
}

/** @param {Promise<unknown>} answer */
const show = (answer) => takeSession(/** @type {Promise<SessionDetail>} */ (answer));

/** @type {Work} */
export const claim = (id) => show(postOnce(`/sessions/${id}/claim`));
/** @type {Work} */
export const end = (id) => show(postOnce(`/sessions/${id}/end`));
/** @type {Work} */
export const markRead = (id) => postOnce(`/sessions/${id}/read`);
/** @param {Priority} priority @returns {Work} */
export const prioritize = (priority) => (id) => show(put(`/sessions/${id}/priority`, { priority }));
/** @param {Date} until @returns {Work} */
export const snoozeUntil = (until) => (id) =>
  show(postOnce(`/sessions/${id}/snooze`, { until: until.toISOString() }));
/** @param {string[]} add @param {string[]} drop @returns {Work} */
export const changeTags = (add, drop) => (id) =>
  show(patch(`/sessions/${id}/tags`, { add, remove: drop }));
/** Administrators also give away what waits and what others hold. @param {string} agent @param {string} reason @returns {Work} */
export const giveTo = (agent, reason) => (id) =>
  show(
    postOnce(`/sessions/${id}/${me.peek()?.role === "ADMIN" ? "assign" : "transfer"}`, {
      agent_id: agent,
      reason,
    }),
  );

/**
 * Do it with the open session of each conversation; what was refused is told with its reason.
 * @param {Row[]} rows @param {Work} work
 * @param {(id: string, refusal: Refusal | null) => void} tell
 * @param {() => boolean} isStopped
 */
export async function doWithAll(rows, work, tell, isStopped) {
  const rest = [...rows];
  async function run() {
    for (let row = rest.shift(); row !== undefined; row = rest.shift()) {
      const { id, session, client } = row;
      const refusal = { id, name: client.name };
      if (isStopped()) tell(id, { ...refusal, why: t("bulk.stopped") });
      else if (session === null) tell(id, { ...refusal, why: t("bulk.no_session") });
      else {
        try {
          await work(session.id);
          tell(id, null);
        } catch (error) {
          tell(id, { ...refusal, why: explain(toProblem(error)) });
        }
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run));
}
