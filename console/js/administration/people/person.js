/** One person: their account, how they work, and how they get in. */

import { h } from "../../vendor/preact.js";
import { me } from "../../account/log_in.js";
import { useEvents } from "../../live/listeners.js";
import { getAll } from "../../server/all_pages.js";
import { get, patch } from "../../server/http.js";
import { Checks, Choice, NumberField, Switch, toOptions } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { PersonActions } from "./person_actions.js";
import { PersonFields } from "./person_fields.js";

/** @import { AgentDetail, Channel, User } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */

/** @typedef {{user: User, agent: AgentDetail, channels: Channel[]}} Found */

/** @param {{id: string}} props */
export function Person({ id }) {
  const loaded = useLoaded(() => loadPerson(id), [id]);
  useEvents(["agent.status"], ({ agent }) => {
    if (agent?.id === loaded.value?.agent.id) void loaded.reload();
  });
  return h(
    Screen,
    { title: loaded.value?.user.name ?? t("people.title"), back: addressOf("people") },
    showLoaded(loaded, (found) => [
      h(PersonForm, { key: "form", found, loaded }),
      h(PersonActions, { key: "actions", user: found.user, onChange: loaded.reload }),
    ]),
  );
}

/** @param {string} id @returns {Promise<Found>} */
async function loadPerson(id) {
  /** @type {User} */
  const user = await get(`/users/${id}`);
  /** @type {AgentDetail} */
  const agent = await get(`/agents/${user.agent_id}`);
  return { user, agent, channels: await getAll("/channels") };
}

/** @param {Found} found */
const readValues = ({ user, agent }) => ({
  name: user.name,
  email: user.email,
  role: user.role,
  second_factor_required: user.second_factor_required,
  status: agent.status,
  capacity: agent.capacity,
  channel_ids: agent.channel_ids,
});

const STATUSES = /** @type {const} */ (["online", "busy", "away", "offline"]);

/** Which of the values belong to the account; the others belong to the agent. */
const ACCOUNT = new Set(["name", "email", "role", "second_factor_required"]);

/** @param {{found: Found, loaded: Loaded<Found>}} props */
function PersonForm({ found, loaded }) {
  const { user, agent, channels } = found;
  const form = useForm({
    initial: readValues(found),
    save: async (_, changes) => {
      const of = (/** @type {boolean} */ isAccount) =>
        Object.fromEntries(
          Object.entries(changes).filter(([name]) => ACCOUNT.has(name) === isAccount),
        );
      const [account, work] = [of(true), of(false)];
      const next = { ...found };
      if (Object.keys(account).length > 0) next.user = await patch(`/users/${user.id}`, account);
      if (Object.keys(work).length > 0) next.agent = await patch(`/agents/${agent.id}`, work);
      loaded.set(next);
      return readValues(next);
    },
  });
  const isMe = user.id === me.value?.id;
  return h(
    Form,
    { form },
    h(PersonFields, { form, roleHelp: isMe ? t("people.role_mine") : undefined }),
    h(Switch, {
      form,
      name: "second_factor_required",
      label: t("people.factor_required"),
      help: t("people.factor_required_help"),
    }),
    user.is_active && [
      h(Choice, {
        key: "status",
        form,
        name: "status",
        label: t("more.status"),
        help: t("people.status_help"),
        options: toOptions(STATUSES, (each) => [each, t(`status.${each}`)]),
      }),
      h(NumberField, {
        key: "capacity",
        form,
        name: "capacity",
        label: t("people.capacity"),
        help: t("people.capacity_help", { n: agent.active_sessions }),
        min: 0,
        max: 1000,
      }),
      h(Checks, {
        key: "channels",
        form,
        name: "channel_ids",
        label: t("people.channels"),
        help: t("people.channels_help"),
        options: toOptions(
          channels.filter((each) => !each.is_staff_bot),
          (each) => [each.id, each.name],
        ),
        nothing: t("channels.none"),
      }),
    ],
    user.is_active &&
      h(
        "a",
        { class: "button", href: addressOf("people", user.id, "hours") },
        t(agent.working_hours ? "people.hours" : "people.hours_add"),
      ),
  );
}
