/** Questions that people answered: each becomes a typical question, an article, or nothing. */

import { h, useState } from "../../vendor/preact.js";
import { get, post } from "../../server/http.js";
import { Action } from "../../administration/frame/action.js";
import { showList, useList } from "../../administration/frame/list.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { propose } from "./proposed.js";

/** @import { Article, ProposedQuestion } from "../../administration/types.d.ts" */

const MOST = 300;

export function QuestionsScreen() {
  /** @type {import("../../administration/frame/list.js").List<ProposedQuestion>} */
  const list = useList("/knowledge/questions");
  return h(
    Screen,
    { title: t("question.title"), back: addressOf("knowledge"), help: t("question.help") },
    showList(list, {
      nothing: { title: t("question.none"), help: t("question.none_next") },
      show: (question) => h(QuestionView, { key: question.id, question, onDone: list.reload }),
    }),
  );
}

/** @param {{question: ProposedQuestion, onDone: () => void}} props */
function QuestionView({ question, onDone }) {
  const [text, setText] = useState(question.text);
  const path = `/knowledge/questions/${question.id}`;
  return h(
    "li",
    { class: "card entry" },
    h(
      "label",
      { class: "field" },
      h("span", null, t("question.text")),
      h("textarea", {
        rows: 2,
        maxLength: MOST,
        value: text,
        dir: "auto",
        onInput: (event) => setText(event.currentTarget.value),
      }),
    ),
    question.answer && h("p", { class: "preview", dir: "auto" }, question.answer),
    question.article_id && h(Found, { article: question.article_id, passage: question.passage_id }),
    h(
      "div",
      { class: "buttons is-left" },
      question.passage_id &&
        h(Action, {
          words: t("question.accept"),
          run: () => post(`${path}/accept`, { text: text.trim() || question.text }),
          notice: t("question.accepted"),
          done: onDone,
        }),
      h(
        "a",
        {
          class: "button",
          href: addressOf("knowledge", "new"),
          onClick: () => propose({ title: text.slice(0, 190), text: question.answer ?? "" }),
        },
        t("question.write"),
      ),
      h(Action, { words: t("question.refuse"), run: () => post(`${path}/refuse`), done: onDone }),
    ),
  );
}

/** The passage that seems to answer it. @param {{article: string, passage: string | null}} props */
function Found({ article, passage }) {
  const loaded = useLoaded(
    () => /** @type {Promise<Article>} */ (get(`/knowledge/articles/${article}`)),
    [article],
  );
  return h(
    "blockquote",
    { class: "passage" },
    h("p", { class: "quiet small" }, t("question.found")),
    showLoaded(loaded, ({ title, passages }) => [
      h("bdi", { key: "title" }, title),
      h(
        "p",
        { key: "text", dir: "auto" },
        passages.find((each) => each.id === passage)?.text ?? "",
      ),
    ]),
  );
}
