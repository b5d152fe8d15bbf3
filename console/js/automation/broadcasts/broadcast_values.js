/** A broadcast as the values of its form, and as the body that the API takes. */

import { get } from "../../server/http.js";
import { nest } from "../../administration/frame/values.js";
import { toDay, toMoment } from "../../administration/frame/moments.js";

/** @import { Broadcast, TemplateDetail } from "../../administration/types.d.ts" */

/** @type {Record<string, any>} */
export const BLANK = {
  name: "",
  text: "",
  file_id: null,
  template_id: null,
  "template.values": {},
  "template.is_always_used": false,
  "audience.channel_ids": [],
  "audience.tag_ids": [],
  "audience.languages": [],
  "audience.wrote_since": "",
  "audience.silent_since": "",
};

/**
 * @param {Broadcast} broadcast @param {string | null} template_id of its template
 * @returns {Record<string, any>}
 */
export function toValues({ name, text, file_id, template, audience }, template_id) {
  return {
    name,
    text: text ?? "",
    file_id,
    template_id,
    "template.values": template?.values ?? {},
    "template.is_always_used": template?.is_always_used ?? false,
    "audience.channel_ids": audience.channel_ids,
    "audience.tag_ids": audience.tag_ids,
    "audience.languages": audience.languages,
    "audience.wrote_since": toDay(audience.wrote_since),
    "audience.silent_since": toDay(audience.silent_since),
  };
}

/**
 * The body of a request. The template and the audience are sent whole where a part of them is.
 * @param {Record<string, any>} values @param {string[]} names of the values that are sent
 * @param {Broadcast["audience"]} [before] its moments stay while their days do
 */
export async function toBody(values, names, before) {
  const { template, audience } = nest(values);
  const { template_id: id, text } = values;
  const has = (/** @type {string} */ part) => names.some((each) => each.startsWith(part));
  return {
    ...(has("name") && { name: values.name }),
    ...(has("text") && { text: text || null }),
    ...(has("file_id") && { file_id: values.file_id }),
    ...(has("template") && { template: id && { ...template, name: await findName(id) } }),
    ...(has("audience") && {
      audience: {
        ...audience,
        wrote_since: toSent(audience.wrote_since, before?.wrote_since),
        silent_since: toSent(audience.silent_since, before?.silent_since),
      },
    }),
  };
}

/** @param {string} id of a template: broadcasts name it, and take it in each customer's language */
async function findName(id) {
  /** @type {TemplateDetail} */
  const { name } = await get(`/templates/${id}`);
  return name;
}

/** @param {string} day @param {string | null} [moment] */
const toSent = (day, moment) => (moment && toDay(moment) === day ? moment : toMoment(day));
