/** Replace the credentials of a channel. */

import { h } from "../../vendor/preact.js";
import { get, put } from "../../server/http.js";
import { goTo } from "../../shell/route.js";
import { Form, useForm } from "../frame/form.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { credentialFields, emptyCredentials } from "./credential_fields.js";

/** @import { Channel } from "../types.d.ts" */

/** @param {{id: string}} props */
export function Credentials({ id }) {
  /** @type {import("../frame/loading.js").Loaded<Channel>} */
  const loaded = useLoaded(() => get(`/channels/${id}`), [id]);
  return h(
    Screen,
    {
      title: t("channels.credentials"),
      back: addressOf("channels", id),
      help: t("channels.credentials_help"),
    },
    showLoaded(loaded, (channel) => h(CredentialsForm, { channel })),
  );
}

/** @param {{channel: Channel}} props */
function CredentialsForm({ channel }) {
  const form = useForm({
    isNew: true,
    initial: emptyCredentials(channel.kind, ""),
    save: async (values) => void (await put(`/channels/${channel.id}/credentials`, values)),
    saved: () => goTo({ page: "administration", path: ["channels", channel.id] }),
  });
  return h(Form, { form }, credentialFields(form, channel.kind, ""));
}
