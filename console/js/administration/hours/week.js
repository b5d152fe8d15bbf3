/** The hours of each weekday, as a field of a form. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { errorOf } from "../frame/form.js";
import { t } from "../words.js";
import { Spans } from "./spans.js";

/** @import { FormState } from "../frame/form.js" */
/** @import { Weekday } from "../types.d.ts" */

/** @type {Weekday[]} */
export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
];

/** The browser knows the names of the days. @param {number} number of the day, from Monday on */
function nameDay(number) {
  const day = new Date(Date.UTC(2024, 0, 1 + number)); // a Monday
  return day.toLocaleDateString(language.value, { weekday: "long", timeZone: "UTC" });
}

/** @param {{form: FormState<any>}} props */
export function Week({ form }) {
  const { week } = form.values;
  const copyMonday = () =>
    form.change({
      week: {
        ...week,
        ...Object.fromEntries(WEEKDAYS.slice(1, 5).map((each) => [each, week.monday])),
      },
    });
  return h(
    "fieldset",
    { class: "field week" },
    h("legend", null, t("hours.week")),
    WEEKDAYS.map((day, i) =>
      h(
        "div",
        { key: day, class: "day" },
        h("span", { class: "day-name" }, nameDay(i)),
        h(Spans, {
          name: `week.${day}`,
          label: nameDay(i),
          spans: week[day],
          error: errorOf(form, `week.${day}`),
          onChange: (spans) => form.change({ week: { ...week, [day]: spans } }),
        }),
      ),
    ),
    h(
      "button",
      { type: "button", class: "link", onClick: copyMonday },
      t("hours.copy", { day: nameDay(0), first: nameDay(1), last: nameDay(4) }),
    ),
  );
}
