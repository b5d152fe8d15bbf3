/** Columns over days or weeks: an image. The table of the card has the same in words. */

import { h } from "../vendor/preact.js";
import { findTicks } from "./scale.js";
import { useWidth } from "./width.js";

/** @typedef {{name: string, shortName: string, values: (number | null)[], sessions: string | null}} Column */

const HEIGHT = 190;
const FOOT = 24;
const TOP = 10;
/** For the words of the axis: 12 is shorter than 1 d 12 h. */
const SIDE = { count: 36, time: 76 };
const LABEL = 58;
const HALF_LABEL = 22;
const MOST_WIDE = 48;

/**
 * `values` are drawn one in front of the other, so the largest comes first.
 * @param {object} props
 * @param {string} props.label what it shows
 * @param {Column[]} props.columns
 * @param {(value: number) => string} props.show
 * @param {boolean} [props.isTime] the values are seconds
 */
export function ColumnChart({ label, columns, show, isTime = false }) {
  const { element, width } = useWidth(300);
  const most = Math.max(0, ...columns.flatMap(({ values }) => values.map((each) => each ?? 0)));
  const ticks = findTicks(most, isTime);
  const top = ticks.at(-1) || 1;
  const inner = HEIGHT - FOOT - TOP;
  const side = isTime ? SIDE.time : SIDE.count;
  const step = (width - side) / Math.max(columns.length, 1);
  const wide = Math.max(Math.min(step * 0.72, MOST_WIDE), 1);
  const every = Math.max(Math.ceil(LABEL / step), 1);
  /** @param {number} value */
  const toY = (value) => TOP + inner * (1 - value / top);

  return h(
    "div",
    { class: "chart", ref: element },
    h(
      "svg",
      {
        role: "img",
        "aria-label": label,
        width,
        height: HEIGHT,
        viewBox: `0 0 ${width} ${HEIGHT}`,
      },
      ticks.map((tick) =>
        h(
          "g",
          { key: tick },
          h("line", { class: "grid-line", x1: side, x2: width, y1: toY(tick), y2: toY(tick) }),
          h(
            "text",
            { class: "axis", x: side - 6, y: toY(tick) + 4, "text-anchor": "end" },
            show(tick),
          ),
        ),
      ),
      columns.map(({ name, shortName, values, sessions }, i) => {
        const middle = side + step * (i + 0.5);
        const words = values.map((each) => (each === null ? "" : show(each))).join(" / ");
        return h(
          "g",
          {
            key: name,
            class: sessions === null ? "column" : "column is-open",
            onClick: () => sessions !== null && (location.hash = `#/reports/sessions?${sessions}`),
          },
          h("title", null, `${name}: ${words}`),
          h("rect", { class: "touch", x: middle - step / 2, y: TOP, width: step, height: inner }),
          values.map(
            (value, place) =>
              value !== null &&
              h("rect", {
                key: place,
                class: `bar is-${place}`,
                x: middle - wide / 2,
                y: toY(value),
                width: wide,
                height: Math.max(inner + TOP - toY(value), value > 0 ? 2 : 0),
                rx: Math.min(3, wide / 3),
              }),
          ),
          i % every === 0 &&
            middle + HALF_LABEL < width &&
            h(
              "text",
              { class: "axis", x: middle, y: HEIGHT - 6, "text-anchor": "middle" },
              shortName,
            ),
        );
      }),
    ),
  );
}
