/** What is said about the kinds of channel. */

import { channelName } from "../../text/channels.js";
import { t } from "../words.js";

/** @import { Channel, LinkStatus } from "../types.d.ts" */

/** A channel in a line, such as “Telegram · @shop_bot”. @param {Channel} channel */
export function describe({ kind, username, external_id: id }) {
  return `${channelName(kind)} · ${username ? `@${username}` : id}`;
}

/**
 * Whether a number is linked to its phone, as a mark of a row.
 * @param {LinkStatus} status @returns {[words: string, kind: "good" | "warning" | "priority"]}
 */
export function markLink(status) {
  if (status === "WORKING") return [t("link.WORKING"), "good"];
  if (status === "FAILED") return [t("link.not_linked"), "priority"];
  return [t(`link.${status}`), status === "STOPPED" ? "priority" : "warning"];
}
