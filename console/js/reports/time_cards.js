/** What happens over time: sessions, first answers, and the hours at which customers write. */

import { h } from "../vendor/preact.js";
import { Card } from "./card.js";
import { ColumnChart } from "./column_chart.js";
import { ChartTable } from "./data_table.js";
import { chooseStep, listSteps } from "./days.js";
import { HeatMap } from "./heat_map.js";
import { showDay, showHour, showNumber, showShortDay, showTime, showWeekday } from "./numbers.js";
import { showReport, useReport } from "./report.js";
import { fillSteps, toRows } from "./table.js";
import { t } from "./words.js";

/** @import { Report } from "../../types.d.ts" */
/** @import { Row } from "./table.js" */

/** @typedef {{asked: string, days: Report}} CardProps `days`: a report of the same days */

/** One step of time after the other, with what happened in it. @param {Report} report */
function listRows(report) {
  const step = report.columns.includes("week") ? "week" : "day";
  const steps = listSteps(report.first_day, report.last_day, step);
  const rows = fillSteps(toRows(report), step, steps);
  return steps.map((day, i) => ({ day, row: rows[i] ?? null }));
}

/** @param {Report} report the name of the first column of a table over time */
const stepName = (report) =>
  report.columns.includes("week") ? t("reports.week") : t("reports.day");

/** @param {CardProps} props */
export function VolumeCard({ asked, days }) {
  const step = chooseStep(days.first_day, days.last_day);
  const question = `report=workload&by=${step}&${asked}`;
  const title = t("reports.volume_title");
  const help = step === "day" ? t("reports.volume_help") : t("reports.volume_weeks");
  return h(
    Card,
    { title, help, asked: question, isWide: true },
    showReport(useReport(question), (report) => [
      h(ColumnChart, {
        label: help,
        show: showNumber,
        columns: listRows(report).map(({ day, row }) => ({
          name: showDay(day),
          shortName: showShortDay(day),
          values: [row?.count ?? 0],
          sessions: row?.sessions ?? null,
        })),
      }),
      h(ChartTable, {
        label: title,
        columns: [
          stepName(report),
          t("reports.sessions"),
          t("reports.customers"),
          t("reports.answers"),
          "AI",
        ],
        lines: listRows(report).map(({ day, row }) => ({
          key: day,
          name: showDay(day),
          cells: [
            { text: showNumber(row?.count ?? 0), sessions: row?.sessions },
            { text: showNumber(row?.inbound ?? 0) },
            { text: showNumber(row?.human ?? 0) },
            { text: showNumber(row?.ai ?? 0) },
          ],
        })),
      }),
    ]),
  );
}

/** @param {Row | null} row @param {"missing" | "breached"} selection what there may be none of */
const countOf = (row, selection) => ({
  text: showNumber(row?.[selection] ?? 0),
  sessions: row?.[selection] ? `${row.sessions}&selection=${selection}` : null,
});

/** @param {CardProps} props */
export function FirstAnswerCard({ asked, days }) {
  const question = `report=first_answer&by=${chooseStep(days.first_day, days.last_day)}&${asked}`;
  const title = t("reports.first_title");
  const help = t("reports.first_help");
  return h(
    Card,
    { title, help, asked: question },
    showReport(useReport(question), (report) => [
      h(ColumnChart, {
        label: help,
        show: showTime,
        isTime: true,
        columns: listRows(report).map(({ day, row }) => ({
          name: showDay(day),
          shortName: showShortDay(day),
          values: [row?.p90_seconds ?? null, row?.p50_seconds ?? null],
          sessions: row?.sessions ?? null,
        })),
      }),
      h(ChartTable, {
        label: title,
        columns: [
          stepName(report),
          t("reports.first_median"),
          t("reports.first_90"),
          t("reports.missing"),
          t("reports.late"),
        ],
        lines: listRows(report).map(({ day, row }) => ({
          key: day,
          name: showDay(day),
          cells: [
            { text: showTime(row?.p50_seconds ?? null), sessions: row?.sessions },
            { text: showTime(row?.p90_seconds ?? null) },
            countOf(row, "missing"),
            countOf(row, "breached"),
          ],
        })),
      }),
    ]),
  );
}

/** @param {{asked: string}} props */
export function HoursCard({ asked }) {
  const question = `report=volume&${asked}`;
  const title = t("reports.heat_title");
  return h(
    Card,
    { title, help: t("reports.heat_help"), asked: question },
    showReport(useReport(question), (report) => {
      const rows = toRows(report);
      const values = rows.map((row) => Number(row.messages));
      return [
        h(HeatMap, { label: title, values }),
        h("p", { class: "quiet small" }, describePeak(values)),
        h(ChartTable, {
          label: title,
          columns: [
            t("reports.hour"),
            ...Array.from({ length: 7 }, (_, day) => showWeekday(day, "short")),
          ],
          lines: Array.from({ length: 24 }, (_, hour) => ({
            key: hour,
            name: showHour(hour),
            cells: Array.from({ length: 7 }, (_, day) => ({
              text: showNumber(values[day * 24 + hour] ?? 0),
            })),
          })),
        }),
      ];
    }),
  );
}

/** @param {number[]} values */
function describePeak(values) {
  const most = Math.max(...values);
  if (most === 0) return t("reports.heat_nothing");
  const hour = values.indexOf(most);
  return t("reports.heat_most", {
    day: showWeekday(Math.floor(hour / 24), "long"),
    hour: showHour(hour % 24),
    n: most,
  });
}
