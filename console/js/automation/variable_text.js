/** A text with variables that the desk fills in, and buttons that insert them. */

import { h, useRef } from "../vendor/preact.js";
import { TextArea } from "../administration/frame/fields.js";
import { Variables } from "../administration/frame/variables.js";

/** @import { FieldProps } from "../administration/frame/fields.js" */

/** @param {FieldProps & {variables: string[], maxLength: number, rows?: number}} props */
export function VariableText({ variables, ...field }) {
  const area = useRef(/** @type {HTMLElement | null} */ (null));
  return h(
    "div",
    { class: "variable-text", ref: area },
    h(TextArea, field),
    h(Variables, { form: field.form, name: field.name, variables, area }),
  );
}
