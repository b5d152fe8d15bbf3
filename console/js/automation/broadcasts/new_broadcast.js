/** Write a broadcast and choose who gets it. Nothing is sent before it is started. */

import { h } from "../../vendor/preact.js";
import { isAble } from "../../server/abilities.js";
import { get, post } from "../../server/http.js";
import { Checks, Switch, TextField } from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { nest } from "../../administration/frame/values.js";
import { useLoaded } from "../../administration/frame/loading.js";
import { toMoment } from "../../administration/frame/moments.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { listLanguages } from "../languages.js";
import { toNamedOptions, useChannels } from "../../administration/frame/options.js";
import { ReplyFileField, useReplyFiles } from "../reply_files.js";
import { TemplateFields } from "../templates/template_fields.js";
import { VariableText } from "../variable_text.js";

/** @import { Tag } from "../../../types.d.ts" */
/** @import { Broadcast, TemplateDetail } from "../../administration/types.d.ts" */

/** @type {Record<string, any>} */
const BLANK = {
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

/** @param {Record<string, any>} values */
async function toBody({ template_id, text, ...values }) {
  const { template, audience, ...rest } = nest(values);
  /** @type {TemplateDetail | null} */
  const chosen = template_id ? await get(`/templates/${template_id}`) : null;
  return {
    ...rest,
    text: text || null,
    template: chosen && { ...template, name: chosen.name },
    audience: {
      ...audience,
      wrote_since: toMoment(audience.wrote_since),
      silent_since: toMoment(audience.silent_since),
    },
  };
}

export function NewBroadcast() {
  const made = { id: "" };
  const channels = useChannels();
  const tags = useLoaded(() => /** @type {Promise<{items: Tag[]}>} */ (get("/tags")), []);
  const files = useReplyFiles();
  const withTemplates = channels.find(({ id }) => isAble(id, "has_templates"));
  const form = useForm({
    isNew: true,
    initial: BLANK,
    notice: t("broadcast.saved"),
    save: async (values) => {
      /** @type {Broadcast} */
      const broadcast = await post("/broadcasts", await toBody(values));
      made.id = broadcast.id;
    },
    saved: () => (location.hash = addressOf("broadcasts", made.id)),
  });
  return h(
    Screen,
    { title: t("broadcast.add"), back: addressOf("broadcasts"), help: t("broadcast.add_help") },
    h(
      Form,
      { form, action: t("broadcast.next") },
      h(TextField, {
        form,
        name: "name",
        label: t("broadcast.name"),
        help: t("broadcast.name_help"),
        isRequired: true,
        maxLength: 120,
      }),
      h(VariableText, {
        form,
        name: "text",
        label: t("broadcast.text"),
        help: t("broadcast.text_help"),
        variables: ["first_name", "name", "channel"],
        maxLength: 4096,
        rows: 6,
      }),
      h(ReplyFileField, { form, name: "file_id", label: t("broadcast.file"), files }),
      withTemplates &&
        h(TemplateFields, {
          form,
          channel: withTemplates.id,
          idName: "template_id",
          valuesName: "template.values",
          label: t("broadcast.template"),
          help: t("broadcast.template_help"),
        }),
      form.values.template_id &&
        h(Switch, { form, name: "template.is_always_used", label: t("broadcast.template_always") }),
      h(
        Part,
        { title: t("broadcast.who"), help: t("broadcast.who_help") },
        channels.length > 1 &&
          h(Checks, {
            form,
            name: "audience.channel_ids",
            label: t("broadcast.channels"),
            options: toNamedOptions(channels),
          }),
        tags.value &&
          tags.value.items.length > 0 &&
          h(Checks, {
            form,
            name: "audience.tag_ids",
            label: t("broadcast.tags"),
            options: toNamedOptions(tags.value.items),
          }),
        h(Checks, {
          form,
          name: "audience.languages",
          label: t("broadcast.languages"),
          options: listLanguages(),
        }),
        h(TextField, {
          form,
          name: "audience.wrote_since",
          label: t("broadcast.wrote_since"),
          type: "date",
        }),
        h(TextField, {
          form,
          name: "audience.silent_since",
          label: t("broadcast.silent_since"),
          type: "date",
        }),
      ),
    ),
  );
}
