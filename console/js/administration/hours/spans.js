/** The spans of one day: from when to when; none: closed. */

import { h } from "../../vendor/preact.js";
import { Icon } from "../../shell/icons.js";
import { t } from "../words.js";
import { nextSpan, readTime } from "./times.js";

/** @import { Span } from "../types.d.ts" */

const MOST = 12;

/**
 * @param {object} props
 * @param {string} props.name of the API's field @param {string} props.label the day
 * @param {Span[]} props.spans @param {(spans: Span[]) => void} props.onChange
 * @param {string} [props.error]
 */
export function Spans({ name, label, spans, onChange, error }) {
  const id = `${name}-error`;
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
          error: error && id,
          onChange: (opens) => set(i, { opens }),
        }),
        "–",
        h(Time, {
          name: `${name}.${i}.closes`,
          label: t("hours.closes", { day: label }),
          value: each.closes,
          error: error && id,
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
    error && h("p", { id, class: "field-error" }, error),
  );
}

/** @param {{name: string, label: string, value: string, error?: string, onChange: (time: string) => void}} props `error`: the id of what is wrong */
function Time({ name, label, value, error, onChange }) {
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
    "aria-invalid": error ? "true" : undefined,
    "aria-describedby": error,
    onInput: (event) => onChange(event.currentTarget.value),
    onChange: (event) => onChange(readTime(event.currentTarget.value)),
  });
}
