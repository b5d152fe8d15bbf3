/** Problems in words, with what can be done. */

import { h } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { fieldWords } from "../text/field_errors.js";

/** @import { Problem } from "../server/problem.js" */

/** @param {Problem} problem @param {Problem["errors"]} [errors] of the fields that are not said beside them */
export function explain(problem, errors = problem.errors) {
  if (problem.isUnanswered) return t("problem.network");
  if (problem.status === 404) return t("problem.gone");
  const fields = errors.map((each) => `${each.field}: ${fieldWords(each)}`).join(", ");
  return [problem.message || t("problem.unknown"), fields].filter(Boolean).join(" · ");
}

/** @param {{problem: Problem, onRetry: () => void}} props */
export function Failure({ problem, onRetry }) {
  return h(
    "div",
    { class: "empty", role: "alert" },
    h("p", null, explain(problem)),
    problem.requestId &&
      h("p", { class: "quiet small" }, t("problem.request", { id: problem.requestId })),
    h("button", { type: "button", class: "button", onClick: onRetry }, t("common.retry")),
  );
}
