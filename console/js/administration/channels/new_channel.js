/** Add a channel: first its kind, then what its provider asks for. */

import { h, useState } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { post } from "../../server/http.js";
import { goTo } from "../../shell/route.js";
import { channelName } from "../../text/channels.js";
import { Choice, TextField, toOptions } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { ItemRow } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { nest } from "../frame/values.js";
import { readGroup } from "../groups/group_id.js";
import { t } from "../words.js";
import { credentialFields, emptyCredentials } from "./credential_fields.js";
import { describe } from "./kinds.js";
import { MetaWebhook } from "./meta_webhook.js";

/** @import { ChannelKind } from "../../../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */
/** @import { Channel } from "../types.d.ts" */
/** @import { Key } from "../words.js" */

/** @type {ChannelKind[]} */
const KINDS = ["telegram", "whatsapp_cloud", "whatsapp_waha"];

/** @param {{kind: string | undefined}} props */
export function NewChannel({ kind }) {
  const known = KINDS.find((each) => each === kind);
  if (known) return h(NewOfKind, { key: known, kind: known });
  return h(
    Screen,
    { title: t("channels.add"), back: addressOf("channels"), help: t("channels.kind_help") },
    h(
      "ul",
      null,
      KINDS.map((each) =>
        h(ItemRow, {
          key: each,
          href: addressOf("channels", "new", each),
          title: channelName(each) + (each === "whatsapp_waha" ? ` (${t("channels.by_qr")})` : ""),
          text: t(/** @type {Key} */ (`kind.${each}`)),
        }),
      ),
    ),
  );
}

/** @param {{kind: ChannelKind}} props */
function NewOfKind({ kind }) {
  const [made, setMade] = useState(/** @type {Channel | null} */ (null));
  /** @type {Loaded<Channel[]>} */
  const bots = useLoaded(() => getAll("/channels?kind=telegram"), []);
  if (made) {
    return h(
      Screen,
      { title: made.name, back: addressOf("channels"), help: t("channels.added_help") },
      h(MetaWebhook, { webhook: made.webhook }),
      h("a", { class: "button", href: addressOf("channels", made.id) }, t("channels.to_settings")),
    );
  }
  /** @param {Channel} channel */
  function show(channel) {
    if (channel.webhook?.verify_token) setMade(channel);
    else
      goTo({
        page: "administration",
        path: ["channels", channel.id, ...(kind === "whatsapp_waha" ? ["link"] : [])],
      });
  }
  return h(
    Screen,
    {
      title: t("channels.add_kind", { kind: channelName(kind) }),
      back: addressOf("channels", "new"),
      help: t(/** @type {Key} */ (`kind.${kind}_help`)),
    },
    showLoaded(bots, (found) => h(NewForm, { kind, bots: found, onMade: show })),
  );
}

/** @param {{kind: ChannelKind, bots: Channel[], onMade: (channel: Channel) => void}} props */
function NewForm({ kind, bots, onMade }) {
  const isBot = kind === "telegram";
  /** @type {Record<string, any>} */
  const initial = {
    name: null,
    ...emptyCredentials(kind),
    ...(isBot ? { staff_groups: "" } : { staff_channel_id: null }),
  };
  let made = /** @type {Channel | null} */ (null);
  const form = useForm({
    isNew: true,
    initial,
    notice: t("channels.added"),
    saved: () => made && onMade(made),
    save: async (values) => {
      const body = nest({ ...values, kind });
      if (isBot) body.staff_groups = values.staff_groups ? [readGroup(values.staff_groups)] : [];
      body.name ||= null;
      made = await post("/channels", body);
    },
  });
  return h(
    Form,
    { form, action: t("channels.connect") },
    credentialFields(form, kind),
    isBot &&
      h(TextField, {
        form,
        name: "staff_groups",
        label: t("channels.group"),
        help: t("groups.id_help"),
        placeholder: "-1001234567890",
      }),
    !isBot &&
      bots.length > 1 &&
      h(Choice, {
        form,
        name: "staff_channel_id",
        label: t("channels.staff_channel"),
        help: t("channels.staff_channel_help"),
        options: [
          [null, t("channels.oldest")],
          ...toOptions(bots, (each) => [each.id, describe(each)]),
        ],
      }),
    h(TextField, {
      form,
      name: "name",
      label: t("channels.name"),
      help: t("channels.name_new_help"),
      maxLength: 120,
    }),
  );
}
