/** Buttons that put a variable into a text, where the cursor is. */

import { h } from "../../vendor/preact.js";
import { t } from "../words.js";

/** @import { FormState } from "../frame/form.js" */
/** @import { Ref } from "../../vendor/preact.js" */

/** What the desk fills in canned replies and answers of rules (desk/canned/rendering.py). */
export const REPLY_VARIABLES = ["first_name", "name", "username", "agent", "channel", "session"];

/**
 * @param {object} props
 * @param {FormState<any>} props.form @param {string} props.name of the text in the form
 * @param {string[]} props.variables
 * @param {Ref<HTMLElement | null>} props.area around the text's field
 */
export function Variables({ form, name, variables, area }) {
  if (variables.length === 0) return null;
  /** @param {string} variable */
  function insert(variable) {
    const field = area.current?.querySelector("textarea");
    if (!field) return;
    field.setRangeText(`{{${variable}}}`, field.selectionStart, field.selectionEnd, "end");
    form.change({ [name]: field.value });
    field.focus();
  }
  return h(
    "div",
    {
      class: "field",
      role: "group",
      "aria-label": t("variables.title"),
      "aria-describedby": `form${form.id}-${name}-variables`,
    },
    h("span", { "aria-hidden": "true" }, t("variables.title")),
    h(
      "div",
      { class: "chips" },
      variables.map((each) =>
        h(
          "button",
          { key: each, type: "button", class: "button is-chip", onClick: () => insert(each) },
          `{{${each}}}`,
        ),
      ),
    ),
    h("p", { id: `form${form.id}-${name}-variables`, class: "quiet small" }, t("variables.help")),
  );
}
