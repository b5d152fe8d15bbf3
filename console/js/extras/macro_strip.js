/** What is done after an answer: a preview above the field, in the order in which it happens. */

import { h, useEffect } from "../vendor/preact.js";
import { Strip } from "../composer/above_field.js";
import { duration } from "../text/labels.js";
import { loadChoices, nameAgent } from "./filter_names.js";
import { t } from "./words.js";

/** @import { MacroProps } from "../shell/extras.js" */

const MINUTE_MS = 60_000;

/** @param {MacroProps} props */
export function MacroStrip({ reply, hasWords, isClosed, onRun, onClose }) {
  const { tags, priority, agent_id: agent, snooze_minutes: minutes, end } = reply.actions;
  useEffect(() => {
    if (agent !== null) void loadChoices();
  }, [agent]);
  const words = [
    tags.length > 0 && t("macro.tags", { names: tags.join(", ") }),
    priority && t("action.priority", { name: t(`priority.${priority}`) }),
    agent && t("macro.transfer", { name: nameAgent(agent) }),
    minutes !== null && t("macro.snooze", { time: duration(minutes * MINUTE_MS) }),
    end && t("macro.end"),
  ];
  const label = isClosed ? "macro.template" : hasWords ? "macro.then" : "macro.only";
  return [
    h(Strip, { key: "strip", label: t(label), words: words.filter(Boolean).join(" · "), onClose }),
    isClosed &&
      h(
        "div",
        { key: "closed", class: "macro-closed" },
        reply.text && h("p", { role: "status" }, t("macro.unsent", { title: reply.title })),
        h("button", { type: "button", class: "button", onClick: onRun }, t("macro.run")),
      ),
  ];
}
