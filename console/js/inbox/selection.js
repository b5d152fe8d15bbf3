/** The row that keys act on, and the ways to the next one. */

import { signal } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { post } from "../server/http.js";
import { attempt, notify } from "../shell/notices.js";
import { toProblem } from "../server/problem.js";
import { goTo } from "../shell/route.js";
import { takeSession } from "../thread/session_actions.js";
import { lists } from "./store.js";

/** @import { View } from "./rows.js" */

/** @type {import("../vendor/preact.js").Signal<string | null>} */
export const selected = signal(null);

/** Take the session that waits longest, and open it. */
export async function claimNext() {
  await attempt(async () => {
    try {
      const session = await takeSession(post("/queue/next"));
      selected.value = session.conversation_id;
      goTo({
        page: "inbox",
        view: "mine",
        conversation: session.conversation_id,
        showsClient: false,
      });
    } catch (error) {
      if (toProblem(error).status !== 409) throw error;
      notify(t("inbox.nobody_waits"));
    }
  });
}

/** The conversation below this one in the list, or above the last. @param {View} view @param {string} id */
export function neighbour(view, id) {
  const rows = lists.peek()[view].rows.peek();
  const place = rows.findIndex((each) => each.id === id);
  return (rows[place + 1] ?? rows[place - 1])?.id ?? null;
}
