/** The articles that AI agents answer from: a list, one of them, an import, proposed questions. */

import { h } from "../../vendor/preact.js";
import { ItemRow, ListSearch, showList, useList } from "../../administration/frame/list.js";
import { AddLink, addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { ArticleScreen, NewArticle } from "./article.js";
import { ImportScreen } from "./import.js";
import { QuestionsScreen } from "./questions.js";

/** @import { ArticleBrief } from "../../administration/types.d.ts" */

/** @param {{path: string[]}} props */
export function Articles({ path }) {
  const [id] = path;
  if (id === "new") return h(NewArticle, null);
  if (id === "import") return h(ImportScreen, null);
  if (id === "questions") return h(QuestionsScreen, null);
  return id ? h(ArticleScreen, { key: id, id }) : h(ArticleList, null);
}

function ArticleList() {
  /** @type {import("../../administration/frame/list.js").List<ArticleBrief>} */
  const list = useList("/knowledge/articles");
  return h(
    Screen,
    {
      title: t("article.title"),
      help: t("article.help"),
      action: h(AddLink, { href: addressOf("knowledge", "new"), words: t("list.add") }),
    },
    h(
      "div",
      { class: "buttons is-left" },
      h("a", { class: "button", href: addressOf("knowledge", "import") }, t("import.title")),
      h("a", { class: "button", href: addressOf("knowledge", "questions") }, t("question.title")),
    ),
    h(ListSearch, { list, label: t("article.search") }),
    showList(list, {
      nothing: { title: t("article.none"), help: t("article.none_next") },
      show: (article) =>
        h(ItemRow, {
          key: article.id,
          href: addressOf("knowledge", article.id),
          title: article.title,
          text: article.tags.join(", "),
          marks: [
            [article.language],
            ...(article.is_active
              ? []
              : [/** @type {[string, "warning"]} */ ([t("article.off"), "warning"])]),
          ],
        }),
    }),
  );
}
