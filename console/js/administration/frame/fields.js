/**
 * The fields of a form: label, input, help and error belong together, also for screen readers.
 * Each takes `form` (from `useForm`), `name` (its value), `label` and perhaps `help`.
 */

import { h } from "../../vendor/preact.js";
import { errorOf } from "./form.js";
import { LAST_DAY } from "./moments.js";

/** @import { Attributes, Child } from "../../vendor/preact.js" */
/** @import { FormState } from "./form.js" */

/**
 * @typedef {object} FieldProps
 * @property {FormState<any>} form
 * @property {string} name
 * @property {string} label
 * @property {Child} [help]
 */

/**
 * Make the options of a choice out of some things.
 * @template T
 * @param {readonly T[]} items @param {(item: T) => [value: string, words: string]} toOption
 */
export const toOptions = (items, toOption) => items.map(toOption);

/** What describes an input or a group of them, for `aria-describedby`. @param {(Child | undefined)[]} ids */
const join = (...ids) => ids.filter(Boolean).join(" ") || undefined;

/**
 * A label, an input, help and error. `show` gets what the input must have.
 * @param {FieldProps & {unit?: string, show: (attributes: Attributes) => Child}} props
 */
export function Field({ form, name, label, help, unit, show }) {
  const id = `form${form.id}-${name}`;
  const error = errorOf(form, name);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    show({
      id,
      name,
      "aria-invalid": error ? "true" : undefined,
      "aria-describedby": join(error && `${id}-error`, unit && `${id}-unit`, help && `${id}-help`),
    }),
    error && h("p", { id: `${id}-error`, class: "field-error" }, error),
    help && h("p", { id: `${id}-help`, class: "quiet small" }, help),
  );
}

/**
 * Inputs that belong together, with their legend, help and error.
 * @param {{id: string, kind: string, label: string, help?: Child, error?: string, children?: Child}} props
 */
export function Group({ id, kind, label, help, error, children }) {
  return h(
    "fieldset",
    {
      class: `field ${kind}`,
      "aria-describedby": join(error && `${id}-error`, help && `${id}-help`),
    },
    h("legend", null, label),
    help && h("p", { id: `${id}-help`, class: "quiet small" }, help),
    children,
    error && h("p", { id: `${id}-error`, class: "field-error" }, error),
  );
}

/**
 * One line of text.
 * @param {FieldProps & {type?: "text" | "email" | "tel" | "url" | "password" | "date" | "time",
 *   isRequired?: boolean, maxLength?: number, placeholder?: string, pattern?: string,
 *   list?: string}} props `list`: the id of a datalist
 */
export function TextField({ type = "text", isRequired = false, maxLength, placeholder, ...field }) {
  const { form, name } = field;
  return h(Field, {
    ...field,
    show: (attributes) =>
      h("input", {
        ...attributes,
        type,
        value: form.values[name] ?? "",
        required: isRequired,
        maxLength,
        placeholder,
        pattern: field.pattern,
        max: type === "date" ? LAST_DAY : undefined,
        list: field.list,
        autocomplete: type === "password" ? "new-password" : "off",
        dir: "auto",
        onInput: (event) => form.change({ [name]: event.currentTarget.value }),
      }),
  });
}

/** Several lines of text. @param {FieldProps & {isRequired?: boolean, maxLength?: number, rows?: number}} props */
export function TextArea({ isRequired = false, maxLength, rows = 4, ...field }) {
  const { form, name } = field;
  return h(Field, {
    ...field,
    show: (attributes) =>
      h("textarea", {
        ...attributes,
        rows,
        value: form.values[name] ?? "",
        required: isRequired,
        maxLength,
        dir: "auto",
        onInput: (event) => form.change({ [name]: event.currentTarget.value }),
      }),
  });
}

/**
 * A number, with its unit behind it. Where it is optional, nothing is null.
 * @param {FieldProps & {min: number, max: number, step?: number, unit?: string, isOptional?: boolean}} props
 */
export function NumberField({ min, max, step = 1, unit, isOptional = false, ...field }) {
  const { form, name } = field;
  return h(Field, {
    ...field,
    unit,
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
          required: !isOptional,
          value: form.values[name] ?? "",
          onInput: ({ currentTarget: { value } }) =>
            form.change({ [name]: value === "" ? null : Number(value) }),
        }),
        unit && h("span", { id: `${attributes.id}-unit`, class: "quiet" }, unit),
      ),
  });
}

/**
 * One of some. The value of an option may be null: such as “as everywhere”. Where none is null and
 * nothing is chosen, the first one is shown, which the form then means.
 * @param {FieldProps & {options: [string | null, string][]}} props
 */
export function Choice({ options, ...field }) {
  const { form, name } = field;
  const first = options.some(([value]) => value === null) ? null : (options[0]?.[0] ?? null);
  const chosen = form.values[name] ?? first;
  return h(Field, {
    ...field,
    show: (attributes) =>
      h(
        "select",
        {
          ...attributes,
          value: chosen ?? "",
          onChange: (event) => form.change({ [name]: event.currentTarget.value || null }),
        },
        options.map(([value, words]) =>
          h("option", { key: value ?? "", value: value ?? "", selected: value === chosen }, words),
        ),
      ),
  });
}

/** On or off. @param {FieldProps} props */
export function Switch({ form, name, label, help }) {
  const id = `form${form.id}-${name}`;
  const error = errorOf(form, name);
  return h(
    "div",
    { class: "field" },
    h(
      "label",
      { class: "toggle" },
      h("input", {
        id,
        name,
        type: "checkbox",
        role: "switch",
        checked: form.values[name] === true,
        "aria-invalid": error ? "true" : undefined,
        "aria-describedby": join(error && `${id}-error`, help && `${id}-help`),
        onChange: (event) => form.change({ [name]: event.currentTarget.checked }),
      }),
      h("span", null, label),
    ),
    error && h("p", { id: `${id}-error`, class: "field-error" }, error),
    help && h("p", { id: `${id}-help`, class: "quiet small" }, help),
  );
}

/**
 * Any of some; the value is the list of what is chosen.
 * @param {FieldProps & {options: [string, string][], nothing?: string}} props `nothing`: there are none
 */
export function Checks({ form, name, label, help, options, nothing }) {
  /** @type {string[]} */
  const chosen = form.values[name] ?? [];
  const error = errorOf(form, name);
  return h(
    Group,
    { id: `form${form.id}-${name}`, kind: "checks", label, help, error },
    options.length === 0 && nothing && h("p", { class: "quiet" }, nothing),
    options.map(([value, words], i) =>
      h(
        "label",
        { key: value, class: "toggle" },
        h("input", {
          type: "checkbox",
          name: `${name}.${value}`,
          checked: chosen.includes(value),
          "aria-invalid": error && i === 0 ? "true" : undefined,
          onChange: (event) =>
            form.change({
              [name]: event.currentTarget.checked
                ? [...chosen, value]
                : chosen.filter((each) => each !== value),
            }),
        }),
        h("bdi", null, words),
      ),
    ),
  );
}
