/**
 * Ask an AI agent the questions of past conversations again, with what stands in the form, also
 * unsaved: what it did then, beside what it does now. Nothing is sent.
 */

import { h, useState } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { post, withQuery } from "../../server/http.js";
import { attempt } from "../../shell/notices.js";
import { fullTime } from "../../text/time.js";
import { Part } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { MODEL_SECONDS, toTrial } from "./config.js";

/** @import { AiAgent, Replay, ReplayCounts, ReplayedTurn, TriedAnswer } from "../../administration/types.d.ts" */

/** The server asks four at once, and its answer waits for all of them. */
const LIMIT = 8;
const SECONDS = MODEL_SECONDS * 2;

/** @param {{agent: AiAgent, values: Record<string, any>}} props */
export function ReplayPart({ agent, values }) {
  const [replays, setReplays] = useState(/** @type {Replay[]} */ ([]));
  const [trial, setTrial] = useState(/** @type {ReturnType<typeof toTrial> | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const next = replays.at(-1)?.next;

  /** @param {ReturnType<typeof toTrial>} body @param {Replay[]} before */
  async function run(body, before) {
    if (isBusy) return;
    setBusy(true);
    setTrial(body);
    setReplays(before);
    await attempt(async () => {
      const path = withQuery(`/ai-agents/${agent.id}/replay`, {
        limit: LIMIT,
        cursor: before.at(-1)?.next,
      });
      setReplays([...before, await post(path, body, { seconds: SECONDS })]);
    });
    setBusy(false);
  }
  return h(
    Part,
    { title: t("replay.title"), help: t("replay.help") },
    h(
      "button",
      {
        type: "button",
        class: "button",
        disabled: isBusy,
        onClick: () => void run(toTrial(values), []),
      },
      isBusy ? t("ask.asking") : t("replay.run"),
    ),
    h("div", { "aria-live": "polite" }, replays.length > 0 && h(Shares, { replays })),
    replays.length > 0 && h(Turns, { turns: replays.flatMap((each) => each.items) }),
    next &&
      trial &&
      h(
        "button",
        {
          type: "button",
          class: "button",
          disabled: isBusy,
          onClick: () => void run(trial, replays),
        },
        t("replay.more"),
      ),
  );
}

/** How many were answered, handed over and changed. @param {{replays: Replay[]}} props */
function Shares({ replays }) {
  /** @param {keyof ReplayCounts} name */
  const count = (name) => replays.reduce((sum, each) => sum + each.counts[name], 0);
  const questions = count("questions");
  if (questions === 0) return h("p", { class: "quiet" }, t("replay.none"));
  /** @param {keyof ReplayCounts} name */
  const share = (name) => `${Math.round((100 * count(name)) / questions)} %`;
  return [
    h(
      "table",
      { key: "shares", class: "replay-shares" },
      h("caption", null, t("replay.questions", { n: questions })),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("td", null),
          h("th", { scope: "col" }, t("replay.before")),
          h("th", { scope: "col" }, t("replay.after")),
        ),
      ),
      h(
        "tbody",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "row" }, t("replay.answered")),
          h("td", null, share("answered_before")),
          h("td", null, share("answered_after")),
        ),
        h(
          "tr",
          null,
          h("th", { scope: "row" }, t("replay.handed_over")),
          h("td", null, share("handed_over_before")),
          h("td", null, share("handed_over_after")),
        ),
      ),
    ),
    h(
      "p",
      { key: "changed" },
      t("replay.changed", { n: count("changed"), share: share("changed") }),
    ),
  ];
}

/** @param {{turns: ReplayedTurn[]}} props */
function Turns({ turns }) {
  return h(
    "ul",
    { class: "plain-list", "aria-label": t("replay.title") },
    turns.map((each) =>
      h(
        "li",
        { key: each.log_id, class: "card answer" },
        h(
          "p",
          { class: "answer-head" },
          h("span", { class: "quiet small" }, fullTime(each.asked_at, language.value)),
          each.is_changed && h("span", { class: "mark is-warning" }, t("replay.is_changed")),
        ),
        h("p", { class: "passage", dir: "auto" }, each.question),
        h(
          "dl",
          { class: "side-by-side" },
          h(Answer, { title: t("replay.before"), answer: each.before }),
          h(Answer, { title: t("replay.after"), answer: each.after }),
        ),
      ),
    ),
  );
}

/** @param {{title: string, answer: TriedAnswer}} props */
function Answer({ title, answer: { action, confidence, text, reason, choices } }) {
  const sure = confidence !== null && t("ask.confidence", { n: Math.round(confidence * 100) });
  return h(
    "div",
    null,
    h("dt", null, title),
    h(
      "dd",
      null,
      h(
        "p",
        null,
        h("strong", null, t(`ask_action.${action}`)),
        sure && h("span", { class: "quiet small" }, ` · ${sure}`),
      ),
      text && h("p", { class: "preview", dir: "auto" }, text),
      choices.length > 0 && h("p", { class: "quiet small", dir: "auto" }, choices.join(" · ")),
      reason && h("p", { class: "quiet", dir: "auto" }, reason),
    ),
  );
}
