/** The draft of an AI agent above the composer: send it, change it, or drop it. */

import { h, useEffect } from "../vendor/preact.js";
import { t } from "../i18n/words.js";
import { Icon } from "../shell/icons.js";
import { AiReason } from "./ai_reason.js";
import { findSuggestion, loadSuggestion } from "./suggestions.js";

/** @import { Message, SessionDetail, Suggestion } from "../../types.d.ts" */

/**
 * Return the draft of a session, and whether the customer has written since.
 * @param {SessionDetail} session @param {string | undefined} newest message of the customer
 */
export function useSuggestion(session, newest) {
  const isOpen = session.status === "ACTIVE";
  useEffect(() => {
    if (isOpen) void loadSuggestion(session.id);
  }, [session.id, isOpen]);
  const suggestion = isOpen ? findSuggestion(session.id) : null;
  const isOutdated =
    suggestion !== null && newest !== undefined && newest > suggestion.last_message_id;
  return { suggestion, isOutdated };
}

/**
 * @param {object} props
 * @param {Suggestion} props.suggestion @param {boolean} props.isOutdated
 * @param {boolean} props.canSend whether the customer can get it now
 * @param {() => void} props.onSend @param {() => void} props.onEdit @param {() => void} props.onDrop
 */
export function SuggestionCard({ suggestion, isOutdated, canSend, onSend, onEdit, onDrop }) {
  const marks = { confidence: suggestion.confidence, why: suggestion.why };
  return h(
    "section",
    { class: "suggestion", "aria-label": t("suggestion.label", { name: suggestion.agent_name }) },
    h(
      "p",
      { class: "author" },
      h(Icon, { name: "spark", size: 16 }),
      h("bdi", null, t("suggestion.label", { name: suggestion.agent_name })),
    ),
    h("p", { class: "suggestion-text", dir: "auto" }, suggestion.text),
    suggestion.choices.length > 0 &&
      h(
        "ul",
        { class: "chips" },
        suggestion.choices.map((each) =>
          h("li", { key: each, class: "chip", dir: "auto" }, h("bdi", null, each)),
        ),
      ),
    h(AiReason, { marks }),
    isOutdated && h("p", { class: "small is-warning", role: "status" }, t("suggestion.outdated")),
    h(
      "div",
      { class: "buttons" },
      canSend &&
        h(
          "button",
          { type: "button", class: isOutdated ? "button" : "button is-primary", onClick: onSend },
          t(isOutdated ? "suggestion.send_anyway" : "suggestion.send"),
          !isOutdated && h("kbd", { "aria-hidden": "true" }, "↵"),
        ),
      canSend &&
        h(
          "button",
          { type: "button", class: "button", onClick: onEdit },
          t("suggestion.edit"),
          h("kbd", { "aria-hidden": "true" }, "↑"),
        ),
      h(
        "button",
        { type: "button", class: "button", onClick: onDrop },
        t("suggestion.drop"),
        h("kbd", { "aria-hidden": "true" }, "Esc"),
      ),
    ),
  );
}
