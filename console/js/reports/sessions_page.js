/** The sessions behind a figure; each opens in its conversation. */

import { h, useEffect } from "../vendor/preact.js";
import { showHits, useHits } from "../search/hits.js";
import { get } from "../server/http.js";
import { Avatar } from "../shell/avatar.js";
import { Icon } from "../shell/icons.js";
import { attempt } from "../shell/notices.js";
import { Failure } from "../shell/problems.js";
import { goTo } from "../shell/route.js";
import { Skeleton } from "../shell/skeleton.js";
import { showDays, showMoment, showTime } from "./numbers.js";
import { readQuestion, writeQuestion } from "./place.js";
import { useReport } from "./report.js";
import { t } from "./words.js";

/** @import { Message, Page, SessionFigures } from "../../types.d.ts" */

const PAGE = 30;

/** @param {{query: string}} props parameters of the list in the API */
export function SessionsPage({ query }) {
  /** @type {ReturnType<typeof useHits<SessionFigures>>} */
  const { found, problem, isBusy, load } = useHits(`/reports/sessions?${query}`, PAGE);
  const begin = () => void load("");
  useEffect(begin, [query]);
  const question = readQuestion(query);
  // The zone and the days, as the server understands them.
  const { report } = useReport(`report=comparison&${writeQuestion(question)}`);
  return h(
    "section",
    { class: "pane reports-pane is-list", "aria-label": t("reports.title") },
    h(
      "header",
      { class: "pane-head" },
      h(
        "a",
        {
          class: "icon-button",
          href: `#/reports?${writeQuestion(question)}`,
          "aria-label": t("reports.sessions_back"),
        },
        h(Icon, { name: "back" }),
      ),
      h(
        "div",
        null,
        h("h1", null, describeFigure(query)),
        report && h("p", { class: "quiet small" }, showDays(report.first_day, report.last_day)),
      ),
    ),
    problem
      ? h(Failure, { problem, onRetry: begin })
      : found === null || report === null
        ? h(Skeleton, { lines: 6, kind: "row" })
        : showHits({
            found,
            isBusy,
            label: t("reports.sessions"),
            onMore: () => void load("", found),
            more: t("reports.sessions_more"),
            nothing: { title: t("reports.sessions_none"), help: t("reports.sessions_none_next") },
            show: (each) =>
              h(SessionRow, { key: each.session_id, session: each, zone: report.time_zone }),
          }),
  );
}

/** What the list shows, in words. @param {string} query */
function describeFigure(query) {
  const asked = new URLSearchParams(query);
  const by = asked.get("answered_by");
  if (by) return t(/** @type {"answered.ai_alone"} */ (`answered.${by}`));
  if (asked.get("selection") === "breached") return t("reports.figure_breached");
  const figure = asked.get("figure");
  if (asked.get("selection") === "missing") {
    return figure === "resolution"
      ? t("reports.figure_unresolved")
      : t("reports.figure_unanswered");
  }
  const rating = asked.get("rating");
  if (rating) return t("reports.rating_line", { n: rating });
  return figure === "first_answer" ? t("reports.first_title") : t("reports.sessions");
}

/** @param {{session: SessionFigures, zone: string}} props */
function SessionRow({ session, zone }) {
  const { client_name: name, agent_name: agent, first_answer_seconds: first, rating } = session;
  const isUnanswered = session.inbound_count > 0 && first === null;
  const parts = [
    showMoment(session.opened_at, zone),
    agent ?? t("reports.nobody"),
    first === null ? null : t("reports.sessions_first", { time: showTime(first) }),
    rating === null ? null : t("reports.rating_line", { n: rating }),
  ];
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "hit", onClick: () => void attempt(() => open(session)) },
      h(Avatar, { id: session.session_id, name }),
      h(
        "span",
        { class: "row-main" },
        h("bdi", { class: "row-name" }, name),
        h("span", { class: "quiet small" }, parts.filter(Boolean).join(" · ")),
        session.rating_comment && h("bdi", { class: "snippet" }, session.rating_comment),
      ),
      isUnanswered && h("span", { class: "mark is-warning" }, t("reports.sessions_unanswered")),
    ),
  );
}

/** Show the conversation at the end of the session. @param {SessionFigures} session */
async function open(session) {
  /** @type {Page<Message>} */
  const last = await get(`${session.messages}?limit=1`);
  goTo({
    page: "inbox",
    view: "all",
    conversation: session.conversation_id,
    message: last.items[0]?.id ?? null,
  });
}
