/** The reports: how much there was to do, how long customers waited, who did it. */

import { h } from "../vendor/preact.js";
import { Icon } from "../shell/icons.js";
import { route } from "../shell/route.js";
import { useChoices } from "./choices.js";
import { Filters, Periods } from "./controls.js";
import { showDays } from "./numbers.js";
import { AiCard, CompareCard, RatingsCard } from "./people_cards.js";
import { readQuestion, writeQuestion } from "./place.js";
import { showReport, useReport } from "./report.js";
import { SessionsPage } from "./sessions_page.js";
import { toRows } from "./table.js";
import { Tiles } from "./tiles.js";
import { FirstAnswerCard, HoursCard, VolumeCard } from "./time_cards.js";
import { t } from "./words.js";

/** @import { Report } from "../../types.d.ts" */

export function Page() {
  const { path, query } = route.value;
  return path[0] === "sessions" ? h(SessionsPage, { key: query, query }) : h(Overview, { query });
}

/** @param {{query: string}} props */
function Overview({ query }) {
  const question = readQuestion(query);
  const asked = writeQuestion(question);
  const comparison = useReport(`report=comparison&${asked}`);
  const choices = useChoices();
  return h(
    "section",
    { class: "pane reports-pane", "aria-label": t("reports.title") },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        { class: "icon-button back", href: "#/more", "aria-label": t("common.back") },
        h(Icon, { name: "back" }),
      ),
      h("h1", null, t("reports.title")),
    ),
    h(
      "div",
      { class: "reports-scroll" },
      h(Periods, { question, report: comparison.report }),
      h(Filters, { question, choices }),
      showReport(comparison, (report) => h(Figures, { report, asked })),
    ),
  );
}

/** @param {{report: Report, asked: string}} props `report`: the main figures */
function Figures({ report, asked }) {
  const { first_day, last_day, before_first_day, before_last_day, time_zone } = report;
  const isNothing = toRows(report).every(({ value, before }) => !value && !before);
  return [
    h(
      "p",
      { class: "quiet small" },
      h("strong", null, showDays(first_day, last_day)),
      " · ",
      t("reports.before_days", { days: showDays(before_first_day, before_last_day) }),
      " · ",
      t("reports.zone", { zone: time_zone }),
    ),
    isNothing
      ? h(
          "div",
          { class: "empty", role: "status" },
          h("p", { class: "empty-title" }, t("reports.nothing")),
          h("p", { class: "quiet" }, t("reports.nothing_next")),
        )
      : [
          h(Tiles, { report }),
          h(
            "div",
            { class: "report-grid" },
            h(VolumeCard, { asked, days: report }),
            h(HoursCard, { asked }),
            h(FirstAnswerCard, { asked, days: report }),
            h(AiCard, { asked }),
            h(RatingsCard, { asked }),
            h(CompareCard, { asked }),
          ),
        ],
  ];
}
