/** Opening hours of a channel, or working hours of a person: the same form. */

import { h, useMemo } from "../../vendor/preact.js";
import { TextField } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { t } from "../words.js";
import { Holidays } from "./holidays.js";
import { Week, WEEKDAYS } from "./week.js";

/** @import { OpeningHours } from "../types.d.ts" */

/** Hours to begin with: those of many offices, where this browser is. @returns {OpeningHours} */
export function suggestHours() {
  const office = [{ opens: "09:00", closes: "17:00" }];
  const week = Object.fromEntries(WEEKDAYS.map((each, i) => [each, i < 5 ? office : []]));
  return {
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    week: /** @type {OpeningHours["week"]} */ (week),
    holidays: [],
  };
}

/**
 * @param {object} props
 * @param {OpeningHours | null} props.hours null: none are set
 * @param {(hours: OpeningHours) => Promise<unknown>} props.save
 * @param {string} props.help
 */
export function HoursForm({ hours, save, help }) {
  // Made once: there are hundreds, and the form is shown again with each key.
  const zones = useMemo(
    () =>
      h(
        "datalist",
        { id: "time-zones" },
        Intl.supportedValuesOf("timeZone").map((each) => h("option", { key: each, value: each })),
      ),
    [],
  );
  const form = useForm({
    initial: hours ?? suggestHours(),
    isNew: hours === null,
    save: async (values) => void (await save(values)),
  });
  return h(
    Form,
    { form },
    h("p", { class: "quiet" }, help),
    h(Week, { form }),
    h(Holidays, { form }),
    h(TextField, {
      form,
      name: "time_zone",
      label: t("hours.zone"),
      help: t("hours.zone_help"),
      isRequired: true,
      list: "time-zones",
    }),
    zones,
  );
}
