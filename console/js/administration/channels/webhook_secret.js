/** A new verify token, where the old one is lost: it is shown once. */

import { h, useState } from "../../vendor/preact.js";
import { post } from "../../server/http.js";
import { Action } from "../frame/action.js";
import { t } from "../words.js";
import { MetaWebhook } from "./meta_webhook.js";

/** @import { ChannelWebhook } from "../types.d.ts" */

/** @param {{id: string}} props of a channel */
export function WebhookSecret({ id }) {
  const [made, setMade] = useState(/** @type {ChannelWebhook | null} */ (null));
  if (made) return h(MetaWebhook, { webhook: made });
  return h(Action, {
    words: t("channels.verify_token_new"),
    help: t("channels.verify_token_new_help"),
    run: async () => setMade(await post(`/channels/${id}/webhook-secret`)),
  });
}
