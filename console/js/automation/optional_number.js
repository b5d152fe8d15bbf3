/** A number that may be left empty: null. */

import { h } from "../vendor/preact.js";
import { Field } from "../administration/frame/fields.js";

/** @import { FieldProps } from "../administration/frame/fields.js" */

/** @param {FieldProps & {min: number, max: number, step?: number, unit?: string}} props */
export function OptionalNumber({ min, max, step = 1, unit, ...field }) {
  const { form, name } = field;
  return h(Field, {
    ...field,
    show: (attributes) =>
      h(
        "div",
        { class: "number" },
        h("input", {
          ...attributes,
          type: "number",
          inputMode: step < 1 ? "decimal" : "numeric",
          min,
          max,
          step,
          value: form.values[name] ?? "",
          onInput: ({ currentTarget: { value } }) =>
            form.change({ [name]: value === "" ? null : Number(value) }),
        }),
        unit && h("span", { class: "quiet" }, unit),
      ),
  });
}
