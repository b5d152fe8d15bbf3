/** What is said about the kinds of channel. */

import { channelName } from "../../text/channels.js";

/** @import { Channel } from "../types.d.ts" */

/** A channel in a line, such as “Telegram · @shop_bot”. @param {Channel} channel */
export function describe({ kind, username, external_id: id }) {
  return `${channelName(kind)} · ${username ? `@${username}` : id}`;
}
