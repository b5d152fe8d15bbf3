/** Where the pages of a list are. */

import { query } from "../server/http.js";

/** @import { Filter, View } from "./rows.js" */

const PAGE = 50;
const FILTERS = {
  mine: { mine: true },
  waiting: { waiting: true },
  unread: { unread: true },
  all: {},
};

/** @param {Filter} filter */
const conditions = ({ channel, agent, tag }) => ({
  channel_id: channel,
  agent_id: agent,
  tag_id: tag,
});

/** @param {View} view @param {Filter} filter @param {string | null} cursor null: the first page */
export const listPath = (view, filter, cursor) =>
  `/conversations${query({ ...FILTERS[view], ...conditions(filter), limit: PAGE, cursor })}`;

/** @param {Filter} filter */
export const countsPath = (filter) => `/conversations/counts${query(conditions(filter))}`;

/** @param {Filter} filter */
export const queuePath = ({ channel, tag }) =>
  `/queue${query({ channel_id: channel, tag_id: tag })}`;
