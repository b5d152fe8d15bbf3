/** A value that is changed where it stands. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { t } from "../i18n/words.js";

/**
 * @param {object} props
 * @param {string} props.label @param {string} props.value @param {string} [props.type]
 * @param {boolean} [props.isRequired] @param {number} [props.maxLength]
 * @param {(value: string) => Promise<boolean>} props.onSave
 */
export function Editable({ label, value, type = "text", isRequired = false, maxLength, onSave }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const isChanged = text.trim() !== value;
  return h(
    "form",
    {
      class: "editable",
      onSubmit: (event) => {
        event.preventDefault();
        if (isChanged) void onSave(text.trim());
      },
    },
    h(
      "label",
      { class: "field" },
      h("span", null, label),
      h("input", {
        type,
        value: text,
        required: isRequired,
        maxLength,
        autocomplete: "off",
        dir: "auto",
        placeholder: t("client.empty"),
        onInput: (event) => setText(event.currentTarget.value),
      }),
    ),
    isChanged && h("button", { class: "button is-primary" }, t("common.save")),
  );
}
