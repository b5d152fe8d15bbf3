/** Two days of one's own choice. */

import { h, useState } from "../vendor/preact.js";
import { countDays, isDay } from "./days.js";
import { t } from "./words.js";

const MOST_DAYS = 3660;

/**
 * @param {object} props
 * @param {string} props.first @param {string} props.last
 * @param {(first: string, last: string) => void} props.onChoose
 */
export function OwnDays({ first, last, onChoose }) {
  const [days, setDays] = useState({ first, last });
  const [problem, setProblem] = useState("");

  /** @param {SubmitEvent} event */
  function choose(event) {
    event.preventDefault();
    const wrong = checkDays(days.first, days.last);
    setProblem(wrong);
    if (!wrong) onChoose(days.first, days.last);
  }

  return h(
    "form",
    { class: "own-days", noValidate: true, onSubmit: choose },
    showDay("first", t("reports.days_first")),
    showDay("last", t("reports.days_last")),
    h("button", { class: "button is-primary" }, t("reports.days_show")),
    problem && h("p", { class: "form-error", role: "alert" }, problem),
  );

  /** @param {"first" | "last"} name @param {string} label */
  function showDay(name, label) {
    return h(
      "label",
      { class: "field" },
      h("span", null, label),
      h("input", {
        type: "date",
        value: days[name],
        min: "2000-01-01",
        max: "2099-12-31",
        "aria-invalid": problem ? "true" : undefined,
        onInput: (event) => setDays({ ...days, [name]: event.currentTarget.value }),
      }),
    );
  }
}

/** @param {string} first @param {string} last */
function checkDays(first, last) {
  if (!isDay(first) || !isDay(last)) return t("reports.days_missing");
  if (first > last) return t("reports.days_order");
  return countDays(first, last) > MOST_DAYS ? t("reports.days_too_many") : "";
}
