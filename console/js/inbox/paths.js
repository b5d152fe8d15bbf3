/** Where the pages of a list are. */

import { query } from "../server/http.js";

/** @import { View } from "./rows.js" */

const PAGE = 50;
const FILTERS = {
  mine: { mine: true },
  waiting: { waiting: true },
  unread: { unread: true },
  all: {},
};

/** @param {View} view @param {string | null} cursor null: the first page */
export const listPath = (view, cursor) =>
  `/conversations${query({ ...FILTERS[view], limit: PAGE, cursor })}`;
