/** Who did what: agents beside each other, AI and humans, and what customers thought of it. */

import { h, useState } from "../vendor/preact.js";
import { Card, downloadReport } from "./card.js";
import { DataTable } from "./data_table.js";
import { showNumber, showRating, showTime } from "./numbers.js";
import { showReport, useReport } from "./report.js";
import { ShareBars } from "./share_bars.js";
import { toRows } from "./table.js";
import { t } from "./words.js";

/** @import { Report } from "../../types.d.ts" */
/** @import { Row } from "./table.js" */

const GROUPS = /** @type {const} */ (["agent", "channel", "tag"]);
const MOST_COMMENTS = 5;
/** @type {Record<string, string>} */
const AI_KINDS = {
  ai_alone: "is-ai",
  both: "is-both",
  human_alone: "is-human",
  nobody: "is-nobody",
};

/** @param {{asked: string}} props */
export function CompareCard({ asked }) {
  const [by, setBy] = useState(/** @type {typeof GROUPS[number]} */ ("agent"));
  const question = `report=workload&by=${by}&${asked}`;
  const work = useReport(question);
  const times = useReport(`report=first_answer&by=${by}&${asked}`);
  const title = t("reports.compare_title");
  return h(
    Card,
    { title, asked: question, isWide: true },
    h(
      "div",
      { class: "pills", role: "group", "aria-label": t("reports.by") },
      GROUPS.map((each) =>
        h(
          "button",
          {
            key: each,
            type: "button",
            class: "pill",
            "aria-pressed": String(each === by),
            onClick: () => setBy(each),
          },
          t(`report_by.${each}`),
        ),
      ),
    ),
    showReport(work, (report) =>
      h(DataTable, {
        label: title,
        columns: [
          t("reports.name"),
          t("reports.sessions"),
          t("reports.answers"),
          t("reports.first_median"),
          t("reports.figure_unanswered"),
          t("reports.figure_rating"),
        ],
        lines: listGroups(report, times.report),
      }),
    ),
  );
}

/** @param {Report} work @param {Report | null} times the first answers of the same groups */
function listGroups(work, times) {
  const by = GROUPS.find((each) => work.columns.includes(each)) ?? "agent";
  const known = new Map((times ? toRows(times) : []).map((row) => [row[`${by}_id`], row]));
  const nameless = by === "tag" ? t("reports.no_tag") : t("reports.nobody");
  return toRows(work)
    .toSorted((one, other) => other.count - one.count)
    .map((row) => {
      const answered = known.get(row[`${by}_id`]);
      return {
        key: row[`${by}_id`] ?? "",
        name: row[by] ?? nameless,
        cells: [
          { text: showNumber(row.count), sessions: row.sessions },
          { text: showNumber(row.human + row.ai) },
          { text: showTime(answered?.p50_seconds ?? null), sessions: answered?.sessions },
          { text: showNumber(row.unanswered) },
          { text: showRating(row.rating) },
        ],
      };
    });
}

/** @param {Row} row @param {string} name of a parameter of the list of its sessions */
const readParameter = (row, name) => new URLSearchParams(row.sessions).get(name);

/** @param {{asked: string}} props */
export function AiCard({ asked }) {
  const question = `report=ai&${asked}`;
  const title = t("reports.ai_title");
  return h(
    Card,
    { title, help: t("reports.ai_help"), asked: question },
    showReport(useReport(question), (report) => {
      const rows = toRows(report);
      const reasons = rows.filter((row) => readParameter(row, "handover_reason") !== null);
      const wrong = rows.find((row) => readParameter(row, "ai_wrong") !== null && row.count > 0);
      return [
        h(ShareBars, {
          label: title,
          parts: rows.flatMap((row) => {
            const by = readParameter(row, "answered_by");
            if (by === null) return [];
            const name = t(/** @type {"answered.ai_alone"} */ (`answered.${by}`));
            return [{ ...toPart(row, name), key: by, kind: AI_KINDS[by] ?? "" }];
          }),
        }),
        (reasons.length > 0 || wrong) && h("h3", null, t("reports.ai_reasons")),
        (reasons.length > 0 || wrong) &&
          h(ShareBars, {
            label: t("reports.ai_reasons"),
            parts: [
              ...reasons.map((row) => {
                const reason = readParameter(row, "handover_reason");
                return { ...toPart(row, reason || t("reports.ai_no_reason")), share: null };
              }),
              ...(wrong ? [{ ...toPart(wrong, t("reports.ai_wrong")), share: null }] : []),
            ],
          }),
      ];
    }),
  );
}

/** @param {Row} row @param {string} name */
const toPart = (row, name) => ({
  key: name,
  name,
  count: Number(row.count),
  share: row.share,
  sessions: row.sessions,
});

/** @param {{asked: string}} props */
export function RatingsCard({ asked }) {
  const question = `report=ratings&${asked}`;
  const title = t("reports.ratings_title");
  const comments = useReport(`report=comments&${asked}`);
  return h(
    Card,
    { title, asked: question },
    showReport(useReport(question), (report) => {
      const rows = toRows(report);
      const number = rows.reduce((sum, row) => sum + row.count, 0);
      if (number === 0) return h("p", { class: "quiet" }, t("reports.ratings_none"));
      const mean = rows.reduce((sum, row) => sum + row.rating * row.count, 0) / number;
      return [
        h("p", null, t("reports.ratings_sum", { mean: showRating(mean), n: number })),
        h(ShareBars, {
          label: title,
          parts: rows
            .toReversed()
            .map((row) => toPart(row, t("reports.rating_line", { n: row.rating }))),
        }),
      ];
    }),
    comments.report &&
      comments.report.rows.length > 0 &&
      h(Comments, { report: comments.report, asked }),
  );
}

/** @param {{report: Report, asked: string}} props */
function Comments({ report, asked }) {
  const rows = toRows(report);
  return [
    h("h3", null, t("reports.comments")),
    h(
      "ul",
      { class: "comments", "aria-label": t("reports.comments") },
      rows
        .slice(0, MOST_COMMENTS)
        .map((row) =>
          h(
            "li",
            { key: row.session_id },
            h(
              "a",
              { class: "comment", href: `#/reports/sessions?${row.sessions}` },
              h("span", { class: "mark" }, t("reports.rating_line", { n: row.rating })),
              h("bdi", { class: "comment-text" }, row.comment),
            ),
          ),
        ),
    ),
    rows.length > MOST_COMMENTS &&
      h(
        "button",
        {
          type: "button",
          class: "link",
          onClick: () => void downloadReport("csv", `report=comments&${asked}`),
        },
        t("reports.comments_more"),
      ),
  ];
}
