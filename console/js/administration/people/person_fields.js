/** The fields that a new person and a known one have. */

import { h } from "../../vendor/preact.js";
import { Choice, TextField } from "../frame/fields.js";
import { t } from "../words.js";
import { listRoles } from "./roles.js";

/** @import { FormState } from "../frame/form.js" */

/** @param {{form: FormState<any>, emailHelp?: string, roleHelp?: string}} props */
export function PersonFields({ form, emailHelp, roleHelp = t("people.role_help") }) {
  return [
    h(TextField, {
      key: "name",
      form,
      name: "name",
      label: t("people.name"),
      help: t("people.name_help"),
      isRequired: true,
      maxLength: 120,
    }),
    h(TextField, {
      key: "email",
      form,
      name: "email",
      label: t("people.email"),
      help: emailHelp,
      type: "email",
      isRequired: true,
      maxLength: 190,
    }),
    h(Choice, {
      key: "role",
      form,
      name: "role",
      label: t("people.role"),
      help: roleHelp,
      options: listRoles(),
    }),
  ];
}
