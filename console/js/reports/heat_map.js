/** A square for each hour of the week, the darker the more: an image. */

import { h } from "../vendor/preact.js";
import { showHour, showWeekday } from "./numbers.js";
import { findLevel } from "./scale.js";
import { useWidth } from "./width.js";

const SIDE = 40;
const FOOT = 22;
const HOURS = 24;
const HIGH = 20;
const GAP = 2;

/** @param {{label: string, values: number[]}} props a value for each hour, from Monday on */
export function HeatMap({ label, values }) {
  const { element, width } = useWidth(300);
  const most = Math.max(...values);
  const wide = (width - SIDE) / HOURS;
  const high = 7 * (HIGH + GAP) + FOOT;
  return h(
    "div",
    { class: "chart", ref: element },
    h(
      "svg",
      { role: "img", "aria-label": label, width, height: high, viewBox: `0 0 ${width} ${high}` },
      Array.from({ length: 7 }, (_, day) =>
        h(
          "text",
          { key: day, class: "axis", x: 0, y: day * (HIGH + GAP) + 15 },
          showWeekday(day, "short"),
        ),
      ),
      values.map((value, hour) =>
        h(
          "rect",
          {
            key: hour,
            class: `heat is-${findLevel(value, most)}`,
            x: SIDE + (hour % HOURS) * wide,
            y: Math.floor(hour / HOURS) * (HIGH + GAP),
            width: Math.max(wide - GAP, 1),
            height: HIGH,
            rx: 3,
          },
          h(
            "title",
            null,
            `${showWeekday(Math.floor(hour / HOURS), "long")} ${showHour(hour % HOURS)}: ${value}`,
          ),
        ),
      ),
      [0, 6, 12, 18].map((hour) =>
        h("text", { key: hour, class: "axis", x: SIDE + hour * wide, y: high - 4 }, showHour(hour)),
      ),
    ),
  );
}
