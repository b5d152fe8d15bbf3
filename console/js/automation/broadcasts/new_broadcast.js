/** Write a broadcast and choose who gets it. Nothing is sent before it is started. */

import { h } from "../../vendor/preact.js";
import { post } from "../../server/http.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { BroadcastFields } from "./broadcast_fields.js";
import { BLANK, toBody } from "./broadcast_values.js";

/** @import { Broadcast } from "../../administration/types.d.ts" */

export function NewBroadcast() {
  const made = { id: "" };
  const form = useForm({
    isNew: true,
    initial: BLANK,
    notice: t("broadcast.saved"),
    save: async (values) => {
      /** @type {Broadcast} */
      const broadcast = await post("/broadcasts", await toBody(values, Object.keys(values)));
      made.id = broadcast.id;
    },
    saved: () => (location.hash = addressOf("broadcasts", made.id)),
  });
  return h(
    Screen,
    { title: t("broadcast.add"), back: addressOf("broadcasts"), help: t("broadcast.add_help") },
    h(Form, { form, action: t("broadcast.next") }, h(BroadcastFields, { form })),
  );
}
