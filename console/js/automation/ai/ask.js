/** Ask an AI agent a question, with what stands in the form, also unsaved. Nothing is sent. */

import { h, useState } from "../../vendor/preact.js";
import { get, post } from "../../server/http.js";
import { attempt } from "../../shell/notices.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { MODEL_SECONDS, toTrial } from "./config.js";

/** @import { AiAgent, Article, TriedAnswer } from "../../administration/types.d.ts" */

/** @param {{agent: AiAgent, values: Record<string, any>}} props */
export function AskPart({ agent, values }) {
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState(/** @type {TriedAnswer | null} */ (null));
  const [isBusy, setBusy] = useState(false);

  /** @param {SubmitEvent} event */
  async function ask(event) {
    event.preventDefault();
    if (!question.trim() || isBusy) return;
    setBusy(true);
    await attempt(async () => {
      const body = { question, ...toTrial(values) };
      setAnswer(await post(`/ai-agents/${agent.id}/ask`, body, { seconds: MODEL_SECONDS }));
    });
    setBusy(false);
  }

  return h(
    Part,
    { title: t("ask.title"), help: t("ask.help") },
    h(
      "form",
      { class: "form", onSubmit: (event) => void ask(event) },
      h(
        "label",
        { class: "field" },
        h("span", null, t("ask.question")),
        h("textarea", {
          value: question,
          rows: 2,
          maxLength: 4000,
          required: true,
          dir: "auto",
          onInput: (event) => setQuestion(event.currentTarget.value),
        }),
      ),
      h(
        "button",
        { class: "button is-primary", disabled: isBusy },
        isBusy ? t("ask.asking") : t("ask.ask"),
      ),
    ),
    h("div", { "aria-live": "polite" }, answer && h(Answer, { answer })),
  );
}

/** @param {{answer: TriedAnswer}} props */
function Answer({ answer }) {
  const { action, text, reason, confidence, choices, passages, model, tokens_in, tokens_out } =
    answer;
  return h(
    "div",
    { class: "card answer" },
    h(
      "p",
      { class: "answer-head" },
      h("strong", null, t(`ask_action.${action}`)),
      confidence !== null &&
        h("span", { class: "mark" }, t("ask.confidence", { n: Math.round(confidence * 100) })),
    ),
    text && h("p", { class: "preview", dir: "auto" }, text),
    reason && h("p", { dir: "auto" }, reason),
    choices.length > 0 &&
      h(
        "ul",
        { class: "plain-list" },
        choices.map((each) => h("li", { key: each }, each)),
      ),
    passages.length > 0 && h("h3", null, t("ask.passages")),
    passages.map((each) => h(PassageText, { key: each.passage, ...each })),
    model &&
      h("p", { class: "quiet small" }, t("ask.cost", { model, tokens: tokens_in + tokens_out })),
  );
}

/** @param {TriedAnswer["passages"][number]} props */
function PassageText({ article, passage, title }) {
  const loaded = useLoaded(async () => {
    /** @type {Article} */
    const found = await get(`/knowledge/articles/${article}`);
    return found.passages.find((each) => each.id === passage)?.text ?? "";
  }, [article, passage]);
  return h(
    "blockquote",
    { class: "passage" },
    h("a", { href: addressOf("knowledge", article) }, h("bdi", null, title)),
    showLoaded(loaded, (text) => h("p", { dir: "auto" }, text)),
  );
}
