/** A person's working hours: they go online and offline by them. */

import { h } from "../../vendor/preact.js";
import { get, patch } from "../../server/http.js";
import { Action } from "../frame/action.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { HoursForm } from "../hours/hours_form.js";
import { t } from "../words.js";

/** @import { AgentDetail, User } from "../types.d.ts" */

/** @param {{id: string}} props of a user */
export function WorkingHours({ id }) {
  const loaded = useLoaded(async () => {
    /** @type {User} */
    const user = await get(`/users/${id}`);
    /** @type {AgentDetail} */
    const agent = await get(`/agents/${user.agent_id}`);
    return agent;
  }, [id]);
  const name = loaded.value?.name ?? "";
  return h(
    Screen,
    { title: t("people.hours_of", { name }), back: addressOf("people", id) },
    showLoaded(loaded, (agent) => [
      h(HoursForm, {
        key: agent.working_hours ? "form" : "new",
        hours: agent.working_hours,
        help: t("people.hours_help"),
        save: async (hours) =>
          loaded.set(await patch(`/agents/${agent.id}`, { working_hours: hours })),
      }),
      agent.working_hours &&
        h(Action, {
          key: "remove",
          words: t("people.hours_remove"),
          question: {
            text: t("people.hours_remove_text", { name }),
          },
          run: async () => loaded.set(await patch(`/agents/${agent.id}`, { working_hours: null })),
        }),
    ]),
  );
}
