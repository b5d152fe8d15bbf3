/** Lists of the inbox with a filter and a name, which follow the user to other devices. */

import { signal } from "../vendor/preact.js";
import { linkTo } from "../shell/route.js";
import { get, patch } from "../server/http.js";

/** @import { Filter, View } from "../inbox/rows.js" */

/** @typedef {{name: string, list: View, channel_id: string | null, agent_id: string | null, tag_id: string | null}} SavedView */

const PATH = "/auth/me/preferences";

/** @type {import("../vendor/preact.js").Signal<SavedView[]>} */
export const savedViews = signal([]);

export async function loadSavedViews() {
  savedViews.value = (await get(PATH)).saved_views;
}

/** Those that were saved on another device meanwhile are kept. @param {(views: SavedView[]) => SavedView[]} change */
async function changeViews(change) {
  await loadSavedViews();
  savedViews.value = (await patch(PATH, { saved_views: change(savedViews.peek()) })).saved_views;
}

/** One of the same name is replaced. @param {string} name @param {View} list @param {Filter} filter */
export function saveView(name, list, { channel, agent, tag }) {
  const view = { name, list, channel_id: channel, agent_id: agent, tag_id: tag };
  return changeViews((views) => [...views.filter((each) => each.name !== name), view]);
}

/** @param {string} name */
export const dropView = (name) =>
  changeViews((views) => views.filter((each) => each.name !== name));

/** @param {SavedView} view @returns {Filter} */
export const filterOf = ({ channel_id: channel, agent_id: agent, tag_id: tag }) => ({
  channel,
  agent,
  tag,
});

/** @param {SavedView} view */
export const linkToView = (view) =>
  linkTo({
    page: "inbox",
    view: view.list,
    filter: filterOf(view),
    conversation: null,
    showsClient: false,
  });
