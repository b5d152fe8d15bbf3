/** What each provider asks for; it is stored encrypted and never shown again. */

import { h } from "../../vendor/preact.js";
import { TextField } from "../frame/fields.js";
import { t } from "../words.js";

/** @import { ChannelKind } from "../../../types.d.ts" */
/** @import { FormState } from "../frame/form.js" */
/** @import { Key } from "../words.js" */

/** @typedef {{name: string, isSecret?: boolean, placeholder?: string}} Credential */

/** @type {Record<ChannelKind, Credential[]>} */
const FIELDS = {
  telegram: [{ name: "token", isSecret: true, placeholder: "123456789:AA…" }],
  whatsapp_cloud: [
    { name: "phone_number_id" },
    { name: "waba_id" },
    { name: "access_token", isSecret: true },
    { name: "app_secret", isSecret: true },
  ],
  whatsapp_waha: [
    { name: "url", placeholder: "http://waha:3000" },
    { name: "api_key", isSecret: true },
  ],
};

/** @param {ChannelKind} kind @param {string} [prefix] @returns {Record<string, string>} */
export const emptyCredentials = (kind, prefix = "credentials.") =>
  Object.fromEntries(FIELDS[kind].map(({ name }) => [prefix + name, ""]));

/** @param {FormState<any>} form @param {ChannelKind} kind @param {string} [prefix] */
export function credentialFields(form, kind, prefix = "credentials.") {
  return FIELDS[kind].map(({ name, isSecret, placeholder }) =>
    h(TextField, {
      key: name,
      form,
      name: prefix + name,
      label: t(/** @type {Key} */ (`credential.${name}`)),
      help: t(/** @type {Key} */ (`credential.${name}_help`)),
      type: isSecret ? "password" : "text",
      isRequired: true,
      placeholder,
    }),
  );
}
