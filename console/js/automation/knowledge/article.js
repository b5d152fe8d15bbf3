/** One article with its passages and typical questions, or a new one. */

import { h } from "../../vendor/preact.js";
import { language } from "../../i18n/words.js";
import { get, patch, post, remove } from "../../server/http.js";
import { Action } from "../../administration/frame/action.js";
import { Choice, Switch, TextArea, TextField } from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { listLanguages } from "../languages.js";
import { Lines } from "../lines.js";
import { takeProposed } from "./proposed.js";

/** @import { FormState } from "../../administration/frame/form.js" */
/** @import { Article } from "../../administration/types.d.ts" */

const TITLE = 190;
const TEXT = 16_000;

/** @param {{form: FormState<any>}} props */
function ArticleFields({ form }) {
  return [
    h(TextField, {
      key: "title",
      form,
      name: "title",
      label: t("article.name"),
      isRequired: true,
      maxLength: TITLE,
    }),
    h(TextArea, {
      key: "text",
      form,
      name: "text",
      label: t("article.text"),
      help: t("article.text_help"),
      isRequired: true,
      maxLength: TEXT,
      rows: 10,
    }),
    h(Choice, {
      key: "language",
      form,
      name: "language",
      label: t("article.language"),
      options: listLanguages(),
    }),
    h(Lines, {
      key: "tags",
      form,
      name: "tags",
      label: t("article.tags"),
      help: t("article.tags_help"),
      rows: 2,
    }),
    h(Switch, {
      key: "active",
      form,
      name: "is_active",
      label: t("article.is_active"),
      help: t("article.is_active_help"),
    }),
  ];
}

export function NewArticle() {
  const made = { id: "" };
  const { title, text } = takeProposed();
  const form = useForm({
    isNew: true,
    initial: { title, text, language: language.value, tags: [], is_active: true },
    save: async (values) => {
      /** @type {Article} */
      const article = await post("/knowledge/articles", values);
      made.id = article.id;
    },
    saved: () => (location.hash = addressOf("knowledge", made.id)),
  });
  return h(
    Screen,
    { title: t("article.add"), back: addressOf("knowledge") },
    h(Form, { form, action: t("article.add") }, h(ArticleFields, { form })),
  );
}

/** @param {{id: string}} props */
export function ArticleScreen({ id }) {
  const loaded = useLoaded(
    () => /** @type {Promise<Article>} */ (get(`/knowledge/articles/${id}`)),
    [id],
  );
  return h(
    Screen,
    { title: loaded.value?.title ?? t("article.title"), back: addressOf("knowledge") },
    showLoaded(loaded, (article) => h(Details, { article, onSaved: loaded.set })),
  );
}

/** @param {{article: Article, onSaved: (article: Article) => void}} props */
function Details({ article, onSaved }) {
  const { id, title, text, tags, is_active } = article;
  const form = useForm({
    initial: { title, text, language: article.language, tags, is_active },
    save: async (_, changes) => onSaved(await patch(`/knowledge/articles/${id}`, changes)),
  });
  return [
    article.source &&
      h("p", { key: "source", class: "hint" }, t("article.source", { file: article.source })),
    h(Form, { key: "form", form }, h(ArticleFields, { form })),
    h(Questions, { key: `questions-${article.revision}`, article, onSaved }),
    h(
      Part,
      { key: "delete", title: t("article.delete") },
      h(Action, {
        words: t("article.delete"),
        question: {
          title: t("article.delete_sure"),
          text: t("article.delete_text", { name: title }),
        },
        run: () => remove(`/knowledge/articles/${id}`),
        done: () => (location.hash = addressOf("knowledge")),
      }),
    ),
  ];
}

/** The typical questions of each passage. @param {{article: Article, onSaved: (article: Article) => void}} props */
function Questions({ article, onSaved }) {
  const form = useForm({
    initial: Object.fromEntries(
      article.passages.map((each, i) => [`questions.${i}`, each.questions]),
    ),
    save: async (values) => {
      const questions = article.passages.flatMap((_, passage) =>
        (values[`questions.${passage}`] ?? []).map((text) => ({ passage, text })),
      );
      onSaved(await patch(`/knowledge/articles/${article.id}`, { questions }));
    },
  });
  return h(
    Part,
    { title: t("article.questions"), help: t("article.questions_help") },
    h(
      Form,
      { form },
      article.passages.map((each, i) =>
        h(
          "div",
          { key: each.id, class: "card entry" },
          h("p", { class: "passage", dir: "auto" }, each.text),
          h(Lines, {
            form,
            name: `questions.${i}`,
            label: t("article.questions_of", { n: i + 1 }),
            rows: 2,
          }),
        ),
      ),
    ),
  );
}
