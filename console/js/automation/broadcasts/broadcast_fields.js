/** What a broadcast says and who gets it, as fields of a form. */

import { h } from "../../vendor/preact.js";
import { isAble } from "../../server/abilities.js";
import { get } from "../../server/http.js";
import { Checks, Switch, TextField } from "../../administration/frame/fields.js";
import { useLoaded } from "../../administration/frame/loading.js";
import { Part } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { listLanguages } from "../languages.js";
import { toNamedOptions, useChannels } from "../../administration/frame/options.js";
import { ReplyFileField, useReplyFiles } from "../reply_files.js";
import { TemplateFields } from "../templates/template_fields.js";
import { VariableText } from "../variable_text.js";

/** @import { Tag } from "../../../types.d.ts" */
/** @import { FormState } from "../../administration/frame/form.js" */

/** @param {{form: FormState<any>, isFormatted?: boolean}} props `isFormatted`: the stored text is */
export function BroadcastFields({ form, isFormatted = false }) {
  const channels = useChannels();
  const tags = useLoaded(() => /** @type {Promise<{items: Tag[]}>} */ (get("/tags")), []);
  const files = useReplyFiles();
  const withTemplates = channels.find(({ id }) => isAble(id, "has_templates"));
  return [
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
      help: t(isFormatted ? "broadcast.text_formatted" : "broadcast.text_help"),
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
  ];
}
