/** The names of the kinds of channels. */

/** @import { ChannelKind } from "../../types.d.ts" */

/** @type {Record<ChannelKind, string>} */
const CHANNELS = { telegram: "Telegram", whatsapp_cloud: "WhatsApp", whatsapp_waha: "WhatsApp" };

/** @param {ChannelKind} kind */
export const channelName = (kind) => CHANNELS[kind] ?? kind;
