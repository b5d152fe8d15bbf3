/** What has to be entered at the provider, so that it tells us of messages. */

import { h } from "../../vendor/preact.js";
import { Copyable } from "../frame/copyable.js";
import { t } from "../words.js";

/** @import { ChannelWebhook } from "../types.d.ts" */

/** @param {{webhook: ChannelWebhook | null}} props */
export function MetaWebhook({ webhook }) {
  if (webhook === null) return null;
  return [
    webhook.url
      ? h(Copyable, {
          key: "url",
          label: t("channels.webhook_url"),
          value: webhook.url,
          help: t("channels.webhook_help"),
        })
      : h(
          "p",
          { key: "url", class: "form-error" },
          t("channels.webhook_no_url", { path: webhook.path }),
        ),
    webhook.verify_token &&
      h(Copyable, {
        key: "token",
        label: t("channels.verify_token"),
        value: webhook.verify_token,
        help: t("channels.verify_token_help"),
      }),
  ];
}
