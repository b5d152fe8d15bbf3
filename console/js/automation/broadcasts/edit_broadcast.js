/** Change a broadcast that has not begun. */

import { h } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { isAble } from "../../server/abilities.js";
import { get, patch } from "../../server/http.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { BroadcastFields } from "./broadcast_fields.js";
import { toBody, toValues } from "./broadcast_values.js";

/** @import { Broadcast, Channel, TemplateDetail } from "../../administration/types.d.ts" */

/** @typedef {{broadcast: Broadcast, template: string | null}} Found */

/** @param {{id: string}} props */
export function EditBroadcast({ id }) {
  const loaded = useLoaded(() => loadBroadcast(id), [id]);
  return h(
    Screen,
    { title: t("broadcast.edit"), back: addressOf("broadcasts", id) },
    showLoaded(loaded, (found) => h(EditForm, found)),
  );
}

/** @param {string} id @returns {Promise<Found>} */
async function loadBroadcast(id) {
  /** @type {Broadcast} */
  const broadcast = await get(`/broadcasts/${id}`);
  return { broadcast, template: broadcast.template && (await findTemplate(broadcast.template)) };
}

/** The form chooses templates by their id. @param {{name: string}} template */
async function findTemplate({ name }) {
  /** @type {Channel[]} */
  const channels = await getAll("/channels");
  const channel = channels.find(({ id }) => isAble(id, "has_templates"));
  if (!channel) return null;
  /** @type {{items: TemplateDetail[]}} */
  const { items } = await get(`/channels/${channel.id}/templates?name=${encodeURIComponent(name)}`);
  return items[0]?.id ?? null;
}

/** @param {Found} props */
function EditForm({ broadcast, template }) {
  const path = `/broadcasts/${broadcast.id}`;
  const form = useForm({
    initial: toValues(broadcast, template),
    save: async (values, changes) => {
      await patch(path, await toBody(values, Object.keys(changes), broadcast.audience));
    },
    saved: () => (location.hash = addressOf("broadcasts", broadcast.id)),
  });
  return h(Form, { form }, h(BroadcastFields, { form, isFormatted: broadcast.entities !== null }));
}
