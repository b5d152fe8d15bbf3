/** What agents do with a session. The server's answer is shown; events tell the others. */

import { t } from "../i18n/words.js";
import { patch, post, put, remove } from "../server/http.js";
import { attempt, notify } from "../shell/notices.js";
import { takeListedSession } from "../inbox/store.js";
import { feel } from "../telegram/haptics.js";
import { takeThreadSession } from "./store.js";

/** @import { Priority, Session, SessionDetail } from "../../types.d.ts" */

/** Show the session of an answer in its thread and in the lists. @param {Promise<SessionDetail>} answer */
export async function takeSession(answer) {
  await Promise.all([takeThreadSession(answer), takeListedSession(answer)]);
  return answer;
}

/** @param {() => Promise<SessionDetail>} work */
const change = (work) =>
  attempt(async () => {
    await takeSession(work());
    feel("done");
  });

/** @param {Session} session */
export const claim = (session) => change(() => post(`/sessions/${session.id}/claim`));

/** @param {Session} session */
export const endSession = (session) => change(() => post(`/sessions/${session.id}/end`));

/** @param {Session} session */
export const reopen = (session) => change(() => post(`/sessions/${session.id}/reopen`));

/** @param {Session} session */
export const wake = (session) => change(() => remove(`/sessions/${session.id}/snooze`));

/** @param {Session} session @param {Priority} priority */
export const setPriority = (session, priority) =>
  change(() => put(`/sessions/${session.id}/priority`, { priority }));

/** @param {Session} session @param {{add?: string[], remove?: string[]}} changes */
export const changeTags = (session, changes) =>
  change(() => patch(`/sessions/${session.id}/tags`, changes));

/** @param {Session} session @param {Date} until */
export const snooze = (session, until) =>
  change(() => post(`/sessions/${session.id}/snooze`, { until: until.toISOString() }));

/** Do what a canned reply does beside its text. @param {Session} session @param {string} reply */
export const runActions = (session, reply) =>
  change(() => post(`/sessions/${session.id}/canned-reply`, { canned_reply_id: reply }));

/** @param {Session} session @param {string} agentId @param {string} name @param {string} reason */
export async function transfer(session, agentId, name, reason) {
  const isDone = await attempt(() =>
    takeSession(post(`/sessions/${session.id}/transfer`, { agent_id: agentId, reason })),
  );
  if (isDone) notify(t("transfer.done", { name }));
  return isDone;
}
