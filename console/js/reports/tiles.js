/** The main figures, each beside that of the days before; each leads to its sessions. */

import { h } from "../vendor/preact.js";
import { balance } from "./balance.js";
import { showChange, showNumber, showRating, showTime } from "./numbers.js";
import { describeChange, toRows } from "./table.js";
import { t } from "./words.js";

/** @import { Report } from "../../types.d.ts" */
/** @import { Row } from "./table.js" */
/** @import { Key } from "./words.js" */

/**
 * @typedef {object} Tile
 * @property {string} figure its name in the report
 * @property {Key} name
 * @property {Key} [help]
 * @property {(value: number | null) => string} show
 * @property {"more" | "less" | null} better
 * @property {boolean} [isRare] left out while it is nothing, now and before
 */

/** @type {Tile[]} */
const TILES = [
  {
    figure: "sessions",
    name: "reports.figure_sessions",
    help: "reports.figure_sessions_help",
    show: showNumber,
    better: null,
  },
  { figure: "inbound", name: "reports.figure_inbound", show: showNumber, better: null },
  {
    figure: "first_answer_p50_seconds",
    name: "reports.figure_first_answer",
    help: "reports.figure_first_answer_help",
    show: showTime,
    better: "less",
  },
  {
    figure: "first_answer_p90_seconds",
    name: "reports.figure_first_answer_90",
    help: "reports.figure_first_answer_90_help",
    show: showTime,
    better: "less",
  },
  { figure: "unanswered", name: "reports.figure_unanswered", show: showNumber, better: "less" },
  {
    figure: "breached_first_answers",
    name: "reports.figure_breached",
    show: showNumber,
    better: "less",
    isRare: true,
  },
  {
    figure: "ai_alone",
    name: "reports.figure_ai_alone",
    show: showNumber,
    better: "more",
    isRare: true,
  },
  {
    figure: "rating",
    name: "reports.figure_rating",
    show: showRating,
    better: "more",
    isRare: true,
  },
  {
    figure: "resolution_p50_seconds",
    name: "reports.figure_resolution",
    show: showTime,
    better: "less",
  },
  { figure: "unresolved", name: "reports.figure_unresolved", show: showNumber, better: null },
];

/** @param {{report: Report}} props of the report `comparison` */
export function Tiles({ report }) {
  const rows = new Map(toRows(report).map((row) => [row.figure, row]));
  const shown = TILES.flatMap((tile) => {
    const row = rows.get(tile.figure);
    const isShown = row && !(tile.isRare && !row.value && !row.before);
    return isShown ? [{ tile, row }] : [];
  });
  const columns = (/** @type {number} */ most) => String(balance(shown.length, most));
  return h(
    "ul",
    {
      class: "tiles",
      "aria-label": t("reports.figures"),
      style: { "--columns": columns(4), "--columns-wide": columns(6) },
    },
    shown.map(({ tile, row }) => h("li", { key: tile.figure }, h(TileView, { tile, row }))),
  );
}

/** @param {{tile: Tile, row: Row}} props */
function TileView({ tile, row }) {
  return h(
    "a",
    { class: "tile", href: `#/reports/sessions?${row.sessions}` },
    h("span", { class: "tile-name" }, t(tile.name)),
    h("span", { class: "tile-value" }, tile.show(row.value)),
    h(Change, { tile, row }),
    tile.help && h("span", { class: "quiet small" }, t(tile.help)),
  );
}

/** @param {{tile: Tile, row: Row}} props */
function Change({ tile, row }) {
  const { share, tone } = describeChange(row.value, row.before, tile.better);
  const value = tile.show(row.before);
  const words =
    row.value === row.before
      ? t("reports.as_before")
      : share === null
        ? t("reports.before", { value })
        : t("reports.change", { change: showChange(share), value });
  return h("span", { class: `tile-change is-${tone}` }, words);
}
