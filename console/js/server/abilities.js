/** What each channel can do; until that is known, nothing is offered that may be refused. */

import { signal } from "../vendor/preact.js";
import { channelName } from "../text/channels.js";
import { get } from "./http.js";

/** @import { ChannelKind } from "../../types.d.ts" */

/** @typedef {{id: string, kind: ChannelKind, name: string, can_edit: boolean, can_delete: boolean, can_react: boolean, has_templates: boolean, can_write_first: boolean, reply_window_hours: number | null}} Abilities */

/** @type {import("../vendor/preact.js").Signal<Map<string, Abilities>>} */
const known = signal(new Map());

export async function loadAbilities() {
  try {
    /** @type {{items: Abilities[]}} */
    const found = await get("/channel-abilities");
    known.value = new Map(found.items.map((each) => [each.id, each]));
  } catch {
    // The next change of a channel, or the next start, asks again.
  }
}

export const listChannels = () =>
  [...known.value.keys()].map((id) => ({ id, name: channelLabel(id) ?? id }));

/** The channels on which a customer who has not written can be written to. */
export const listFirstChannels = () =>
  [...known.value.values()].filter((each) => each.can_write_first);

/** With its name of now, if that is known. @param {{id: string, kind: ChannelKind, name: string}} channel */
export const placeOf = ({ id, kind, name }) => channelLabel(id) ?? `${channelName(kind)} · ${name}`;

/** @param {string} channel such as WhatsApp · Shop */
export function channelLabel(channel) {
  const found = known.value.get(channel);
  return found ? `${channelName(found.kind)} · ${found.name}` : null;
}

/** @param {string} channel @param {"can_edit" | "can_delete" | "can_react" | "has_templates"} what */
export const isAble = (channel, what) => known.value.get(channel)?.[what] === true;
