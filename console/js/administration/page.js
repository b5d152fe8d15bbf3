/** The administration: the list of its screens, and the one that is open. */

import { h } from "../vendor/preact.js";
import { Icon } from "../shell/icons.js";
import { route } from "../shell/route.js";
import { Question } from "./frame/question.js";
import { addressOf } from "./frame/screen.js";
import { useUnsavedQuestion } from "./frame/unsaved.js";
import { GROUPS } from "./screens.js";
import { t } from "./words.js";

export function Page() {
  useUnsavedQuestion();
  const [name, ...path] = route.value.path;
  const open = GROUPS.flatMap((each) => each.screens).find((each) => each.name === name);
  return [
    h(ScreenList, { key: "list", open: open?.name }),
    open ? h(open.show, { key: open.name, path }) : h(NoScreen, { key: "none" }),
    h(Question, { key: "question" }),
  ];
}

/** @param {{open: string | undefined}} props */
function ScreenList({ open }) {
  return h(
    "section",
    { class: "pane list-pane", "aria-label": t("nav.administration") },
    h("header", { class: "pane-head" }, h("h1", null, t("nav.administration"))),
    h(
      "nav",
      { class: "screen-list", "aria-label": t("nav.administration") },
      GROUPS.map((group) => [
        h("h2", { key: group.title }, t(group.title)),
        h(
          "ul",
          { key: `${group.title}-list` },
          group.screens.map((each) =>
            h(
              "li",
              { key: each.name },
              h(
                "a",
                {
                  class: "screen-link",
                  href: addressOf(each.name),
                  "aria-current": each.name === open ? "page" : undefined,
                },
                h(Icon, { name: each.icon }),
                h(
                  "span",
                  { class: "row-main" },
                  h("span", { class: "screen-name" }, t(each.title)),
                  h("span", { class: "quiet small" }, t(each.help)),
                ),
              ),
            ),
          ),
        ),
      ]),
    ),
  );
}

function NoScreen() {
  return h(
    "section",
    { class: "pane detail-pane is-empty", "aria-label": t("administration.choose") },
    h("div", { class: "empty" }, h("p", { class: "quiet" }, t("administration.choose"))),
  );
}
