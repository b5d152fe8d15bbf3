/** A code to type on the phone, where its camera cannot scan. */

import { h, useState } from "../../vendor/preact.js";
import { post } from "../../server/http.js";
import { Copyable } from "../frame/copyable.js";
import { TextField } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { t } from "../words.js";

/** @param {{id: string}} props of a channel */
export function PairingCode({ id }) {
  const [code, setCode] = useState("");
  const form = useForm({
    isNew: true,
    initial: { phone: "" },
    notice: t("link.code_made"),
    save: async ({ phone }) => {
      const digits = phone.replaceAll(/[\s().-]/g, "");
      /** @type {{code: string}} */
      const made = await post(`/channels/${id}/link/code`, { phone: digits });
      setCode(made.code);
    },
  });
  return h(
    "details",
    { class: "pairing" },
    h("summary", null, t("link.no_camera")),
    code
      ? h(Copyable, { label: t("link.code"), value: code, help: t("link.code_help") })
      : h(
          Form,
          { form, action: t("link.code_get") },
          h(TextField, {
            form,
            name: "phone",
            label: t("link.phone"),
            help: t("link.phone_help"),
            type: "tel",
            isRequired: true,
            placeholder: "+62 811 234 567",
          }),
        ),
  );
}
