/** Delete a channel: with open sessions only after a second question, which says what ends. */

import { remove } from "../../server/http.js";
import { toProblem } from "../../server/problem.js";
import { notify } from "../../shell/notices.js";
import { explain } from "../../shell/problems.js";
import { ask } from "../frame/question.js";
import { t } from "../words.js";

/** @import { Channel } from "../types.d.ts" */

/** Ask and delete; return whether it is deleted. @param {Channel} channel @returns {Promise<boolean>} */
export async function askToDelete(channel) {
  const question = { title: t("channels.delete"), action: t("channels.delete") };
  const text = t("channels.delete_text", { name: channel.name });
  if (!(await ask({ ...question, text }))) return false;
  const refusal = await tryToDelete(channel.id, "");
  if (refusal === null) return true;
  if (refusal.status !== 409 && refusal.status !== 424) {
    notify(explain(refusal), true);
    return false;
  }
  const action = t("channels.delete_anyway");
  if (!(await ask({ title: question.title, action, text: explain(refusal) }))) return false;
  const last = await tryToDelete(channel.id, "?force=true");
  if (last !== null) notify(explain(last), true);
  return last === null;
}

/** @param {string} id @param {string} force */
async function tryToDelete(id, force) {
  try {
    await remove(`/channels/${id}${force}`);
    notify(t("channels.deleted"));
    return null;
  } catch (error) {
    return toProblem(error);
  }
}
