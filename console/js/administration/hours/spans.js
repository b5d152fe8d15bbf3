/** The spans of one day: from when to when; none: closed. */

import { h } from "../../vendor/preact.js";
import { Icon } from "../../shell/icons.js";
import { t } from "../words.js";

/** @import { Span } from "../types.d.ts" */

const MIDNIGHT = "24:00";
const MOST = 12;

/**
 * Read a time as people type it: 9, 900, 9.30 or 09:30. Anything else stays for the server to refuse.
 * A field of the type `time` would show it in the browser's way, with AM and PM, and knows no 24:00.
 * @param {string} text
 */
export function readTime(text) {
  const [, hours, minutes = "00"] = /^\s*(\d{1,2})(?:[:. h]?(\d\d))?\s*$/.exec(text) ?? [];
  return hours === undefined ? text.trim() : `${hours.padStart(2, "0")}:${minutes}`;
}

/** @param {number} hour */
const write = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** The next span of a day: an hour after the last one. @param {Span[]} spans @returns {Span} */
export function nextSpan(spans) {
  const last = spans.at(-1);
  if (!last) return { opens: "09:00", closes: "17:00" };
  const hour = Number(last.closes.slice(0, 2)) + 1;
  return hour > 22
    ? { opens: "23:00", closes: MIDNIGHT }
    : { opens: write(hour), closes: write(hour + 1) };
}

/**
 * @param {object} props
 * @param {string} props.name of the API's field @param {string} props.label the day
 * @param {Span[]} props.spans @param {(spans: Span[]) => void} props.onChange
 * @param {string} [props.error]
 */
export function Spans({ name, label, spans, onChange, error }) {
  /** @param {number} place @param {Partial<Span>} change */
  const set = (place, change) =>
    onChange(spans.map((each, i) => (i === place ? { ...each, ...change } : each)));
  return h(
    "div",
    { class: "spans", role: "group", "aria-label": label },
    spans.length === 0 && h("span", { class: "quiet" }, t("hours.closed")),
    spans.map((each, i) =>
      h(
        "div",
        { key: i, class: "span" },
        h(Time, {
          name: `${name}.${i}.opens`,
          label: t("hours.opens", { day: label }),
          value: each.opens,
          isWrong: Boolean(error),
          onChange: (opens) => set(i, { opens }),
        }),
        "–",
        h(Time, {
          name: `${name}.${i}.closes`,
          label: t("hours.closes", { day: label }),
          value: each.closes,
          isWrong: Boolean(error),
          onChange: (closes) => set(i, { closes }),
        }),
        h(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": t("hours.remove", { day: label }),
            onClick: () => onChange(spans.filter((_, other) => other !== i)),
          },
          h(Icon, { name: "close", size: 18 }),
        ),
      ),
    ),
    spans.length < MOST &&
      h(
        "button",
        {
          type: "button",
          class: "icon-button add-span",
          "aria-label": t("hours.add", { day: label }),
          onClick: () => onChange([...spans, nextSpan(spans)]),
        },
        h(Icon, { name: "plus", size: 18 }),
      ),
    error && h("p", { class: "field-error" }, error),
  );
}

/** @param {{name: string, label: string, value: string, isWrong: boolean, onChange: (time: string) => void}} props */
function Time({ name, label, value, isWrong, onChange }) {
  return h("input", {
    class: "time",
    name,
    value,
    required: true,
    maxLength: 5,
    inputMode: "numeric",
    autocomplete: "off",
    placeholder: "09:00",
    "aria-label": label,
    "aria-invalid": isWrong ? "true" : undefined,
    onInput: (event) => onChange(event.currentTarget.value),
    onChange: (event) => onChange(readTime(event.currentTarget.value)),
  });
}
