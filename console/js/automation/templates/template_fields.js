/** Choose a template of a channel, and the values of its variables, as fields of a form. */

import { h } from "../../vendor/preact.js";
import { Choice } from "../../administration/frame/fields.js";
import { t } from "../words.js";
import { useOptions } from "../../administration/frame/options.js";

/** @import { FormState } from "../../administration/frame/form.js" */
/** @import { TemplateDetail } from "../../administration/types.d.ts" */

/**
 * Nothing is shown where the channel has no approved template.
 * @param {object} props
 * @param {FormState<any>} props.form @param {string} props.channel
 * @param {string} props.idName the value that is the template's id @param {string} props.valuesName
 * @param {string} props.label @param {string} props.help
 */
export function TemplateFields({ form, channel, idName, valuesName, label, help }) {
  /** @type {ReturnType<typeof useOptions<TemplateDetail>>} */
  const { items } = useOptions(`/channels/${channel}/templates?status=APPROVED`);
  const usable = items.filter((each) => each.cannot_be_sent === null);
  const chosen = items.find((each) => each.id === form.values[idName]);
  if (usable.length === 0 && !form.values[idName]) return null;
  return [
    h(Choice, {
      key: "template",
      form,
      name: idName,
      label,
      help,
      options: [
        [null, t("template.no")],
        ...usable.map(
          (each) => /** @type {[string, string]} */ ([each.id, `${each.name} (${each.language})`]),
        ),
      ],
    }),
    chosen && h("p", { key: "text", class: "preview", dir: "auto" }, chosen.text),
    chosen && h(TemplateValues, { key: "values", form, name: valuesName, template: chosen }),
  ];
}

/** @param {{form: FormState<any>, name: string, template: TemplateDetail}} props */
export function TemplateValues({ form, name, template }) {
  /** @type {Record<string, string>} */
  const values = form.values[name] ?? {};
  return template.gaps
    .filter(({ kind }) => kind === "text" || kind === "code")
    .map(({ key, example }) =>
      h(
        "label",
        { key, class: "field" },
        h("span", null, t("template.value", { name: key })),
        h("input", {
          name: `${name}.${key}`,
          value: values[key] ?? "",
          placeholder: example ?? "",
          maxLength: 1000,
          dir: "auto",
          autocomplete: "off",
          onInput: (event) => {
            const { [key]: _, ...rest } = values;
            const typed = event.currentTarget.value;
            form.change({ [name]: typed ? { ...rest, [key]: typed } : rest });
          },
        }),
      ),
    );
}
