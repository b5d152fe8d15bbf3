/** Days with hours of their own, as a field of a form. */

import { h } from "../../vendor/preact.js";
import { Icon } from "../../shell/icons.js";
import { Group } from "../frame/fields.js";
import { errorOf } from "../frame/form.js";
import { LAST_DAY } from "../frame/moments.js";
import { t } from "../words.js";
import { Spans } from "./spans.js";

/** @import { FormState } from "../frame/form.js" */
/** @import { Holiday } from "../types.d.ts" */

/** @param {{form: FormState<any>}} props */
export function Holidays({ form }) {
  /** @type {Holiday[]} */
  const holidays = form.values.holidays;
  /** @param {Holiday[]} next */
  const change = (next) => form.change({ holidays: next });
  /** @param {number} place @param {Partial<Holiday>} given */
  const set = (place, given) =>
    change(holidays.map((each, i) => (i === place ? { ...each, ...given } : each)));
  return h(
    Group,
    {
      id: "holidays",
      kind: "holidays",
      label: t("hours.holidays"),
      help: t("hours.holidays_help"),
    },
    holidays.map((each, i) => {
      const label = each.name || each.date || t("hours.holiday", { n: i + 1 });
      const error = errorOf(form, `holidays.${i}`);
      return h(
        "div",
        { key: i, class: "holiday card" },
        h(
          "div",
          { class: "holiday-line" },
          h("input", {
            type: "date",
            name: `holidays.${i}.date`,
            value: each.date,
            required: true,
            max: LAST_DAY,
            "aria-label": t("hours.date"),
            "aria-invalid": error ? "true" : undefined,
            "aria-describedby": error && `holidays.${i}-error`,
            onInput: (event) => set(i, { date: event.currentTarget.value }),
          }),
          h(
            "button",
            {
              type: "button",
              class: "icon-button",
              "aria-label": t("hours.holiday_remove", { name: label }),
              onClick: () => change(holidays.filter((_, other) => other !== i)),
            },
            h(Icon, { name: "close", size: 18 }),
          ),
        ),
        h("input", {
          name: `holidays.${i}.name`,
          value: each.name ?? "",
          maxLength: 120,
          dir: "auto",
          autocomplete: "off",
          "aria-label": t("hours.holiday_name"),
          placeholder: t("hours.holiday_name"),
          onInput: (event) => set(i, { name: event.currentTarget.value || null }),
        }),
        h(Spans, {
          name: `holidays.${i}.open`,
          label,
          spans: each.open,
          onChange: (open) => set(i, { open }),
        }),
        error && h("p", { id: `holidays.${i}-error`, class: "field-error" }, error),
      );
    }),
    h(
      "button",
      {
        type: "button",
        class: "button",
        onClick: () => change([...holidays, { date: "", name: null, open: [] }]),
      },
      h(Icon, { name: "plus", size: 18 }),
      t("hours.holiday_add"),
    ),
  );
}
