/** A list of small things as a field of a form: each has its own inputs, and can be removed. */

import { h } from "../vendor/preact.js";
import { Icon } from "../shell/icons.js";
import { Field, Group } from "../administration/frame/fields.js";
import { t } from "./words.js";

/** @import { Child } from "../vendor/preact.js" */
/** @import { FormState } from "../administration/frame/form.js" */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} label
 * @property {"text" | "long" | "number"} [kind]
 * @property {boolean} [isRequired]
 * @property {number} [most] characters, or the largest number
 * @property {[string, string][]} [options] one of these
 */

/**
 * @param {object} props
 * @param {FormState<any>} props.form @param {string} props.name of the list
 * @param {string} props.label @param {string} [props.help] @param {string} props.add
 * @param {Part[]} props.parts
 * @param {Record<string, unknown>} props.blank a new one
 */
export function Entries({ form, name, label, help, add, parts, blank }) {
  /** @type {Record<string, any>[]} */
  const entries = form.values[name] ?? [];
  /** @param {number} place @param {Record<string, unknown>} given */
  const set = (place, given) =>
    form.change({
      [name]: entries.map((each, i) => (i === place ? { ...each, ...given } : each)),
    });
  return h(
    Group,
    { id: `form${form.id}-${name}`, kind: "entries", label, help },
    entries.map((entry, i) =>
      h(
        "div",
        { key: i, class: "card entry" },
        h(
          "div",
          { class: "entry-head" },
          h("span", { class: "quiet small" }, `${i + 1}`),
          h(
            "button",
            {
              type: "button",
              class: "icon-button",
              "aria-label": t("entries.remove", { name: `${label} ${i + 1}` }),
              onClick: () => form.change({ [name]: entries.filter((_, other) => other !== i) }),
            },
            h(Icon, { name: "close", size: 18 }),
          ),
        ),
        parts.map((part) =>
          h(EntryField, {
            key: part.name,
            form,
            path: `${name}.${i}.${part.name}`,
            part,
            value: entry[part.name],
            onChange: (value) => set(i, { [part.name]: value }),
          }),
        ),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "button",
        onClick: () => form.change({ [name]: [...entries, { ...blank }] }),
      },
      h(Icon, { name: "plus", size: 18 }),
      add,
    ),
  );
}

/** @param {{form: FormState<any>, path: string, part: Part, value: any, onChange: (value: any) => void}} props */
function EntryField({ form, path, part, value, onChange }) {
  return h(Field, {
    form,
    name: path,
    label: part.label,
    show: (attributes) =>
      showInput(part, { ...attributes, required: part.isRequired, dir: "auto" }, value, onChange),
  });
}

/** @param {Part} part @param {Record<string, unknown>} attributes @param {any} value @param {(value: any) => void} onChange @returns {Child} */
function showInput({ kind = "text", most, options }, attributes, value, onChange) {
  if (options) {
    return h(
      "select",
      { ...attributes, value, onChange: (event) => onChange(event.currentTarget.value) },
      options.map(([each, words]) =>
        h("option", { key: each, value: each, selected: each === value }, words),
      ),
    );
  }
  if (kind === "number") {
    return h("input", {
      ...attributes,
      type: "number",
      min: 1,
      max: most,
      value,
      onInput: (event) => onChange(Number(event.currentTarget.value)),
    });
  }
  return h(kind === "long" ? "textarea" : "input", {
    ...attributes,
    value,
    maxLength: most,
    rows: 2,
    autocomplete: "off",
    onInput: (event) => onChange(event.currentTarget.value),
  });
}
