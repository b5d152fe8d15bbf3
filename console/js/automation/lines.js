/** A list of words or sentences as a field: one in each line. */

import { h, useState } from "../vendor/preact.js";
import { Field } from "../administration/frame/fields.js";

/** @import { FieldProps } from "../administration/frame/fields.js" */

/** @param {string} text */
export const splitLines = (text) =>
  text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);

/** The value is the list. @param {FieldProps & {rows?: number}} props */
export function Lines({ rows = 3, ...field }) {
  const { form, name } = field;
  /** @type {string[]} */
  const value = form.values[name] ?? [];
  // What is typed is kept as it is while it means the value: with its empty lines.
  const [typed, setTyped] = useState("");
  const isTyped = JSON.stringify(splitLines(typed)) === JSON.stringify(value);
  return h(Field, {
    ...field,
    show: (attributes) =>
      h("textarea", {
        ...attributes,
        rows: Math.max(rows, value.length + 1),
        value: isTyped ? typed : value.join("\n"),
        dir: "auto",
        onInput: (event) => {
          setTyped(event.currentTarget.value);
          form.change({ [name]: splitLines(event.currentTarget.value) });
        },
      }),
  });
}
