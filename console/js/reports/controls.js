/** Which sessions the reports are about: days, channel, agent, tag. Each choice is an address. */

import { h } from "../vendor/preact.js";
import { OwnDays } from "./own_days.js";
import { PERIODS, writeQuestion } from "./place.js";
import { t } from "./words.js";

/** @import { Report } from "../../types.d.ts" */
/** @import { Choice, Choices } from "./choices.js" */
/** @import { Question } from "./place.js" */

/** @param {Question} question */
const linkTo = (question) => `#/reports?${writeQuestion(question)}`;

/** @param {Question} question */
function withoutDays(question) {
  const { period: _period, first_day: _first, last_day: _last, ...rest } = question;
  return rest;
}

/** @param {{question: Question, report: Report | null}} props `report`: one of these days */
export function Periods({ question, report }) {
  const rest = withoutDays(question);
  const first = question.first_day ?? report?.first_day;
  const last = question.last_day ?? report?.last_day;
  const isOwn = question.period === undefined;
  return h(
    "div",
    { class: "periods" },
    h(
      "nav",
      { class: "pills", "aria-label": t("reports.period") },
      PERIODS.map((period) =>
        h(
          "a",
          {
            key: period,
            class: "pill",
            href: linkTo({ period, ...rest }),
            "aria-current": question.period === period ? "true" : undefined,
          },
          t(`period.${period}`),
        ),
      ),
      first &&
        last &&
        h(
          "a",
          {
            class: "pill",
            href: linkTo({ first_day: first, last_day: last, ...rest }),
            "aria-current": isOwn ? "true" : undefined,
          },
          t("reports.own_days"),
        ),
    ),
    isOwn &&
      first &&
      last &&
      h(OwnDays, {
        key: first + last,
        first,
        last,
        onChoose: (first_day, last_day) =>
          (location.hash = linkTo({ first_day, last_day, ...rest })),
      }),
  );
}

/** @param {{question: Question, choices: Choices}} props */
export function Filters({ question, choices }) {
  return h(
    "div",
    { class: "filters" },
    showFilter("channel_id", t("reports.channel"), t("reports.channels_all"), choices.channels),
    showFilter("agent_id", t("reports.agent"), t("reports.agents_all"), choices.agents),
    showFilter("tag_id", t("reports.tag"), t("reports.tags_all"), choices.tags),
  );

  /**
   * Where there is nothing to choose from, nothing is shown.
   * @param {"channel_id" | "agent_id" | "tag_id"} name
   * @param {string} label @param {string} all @param {Choice[]} options
   */
  function showFilter(name, label, all, options) {
    const chosen = question[name] ?? "";
    if (options.length < 2 && !chosen) return null;
    return h(
      "select",
      {
        "aria-label": label,
        value: chosen,
        onChange: (event) =>
          (location.hash = linkTo({ ...question, [name]: event.currentTarget.value })),
      },
      h("option", { value: "", selected: chosen === "" }, all),
      options.map(({ id, name }) =>
        h("option", { key: id, value: id, selected: id === chosen }, name),
      ),
    );
  }
}
