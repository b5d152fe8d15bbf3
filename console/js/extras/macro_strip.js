/** What is done after an answer: a preview above the field, in the order in which it happens. */

import { h, useEffect } from "../vendor/preact.js";
import { Strip } from "../composer/above_field.js";
import { duration } from "../text/labels.js";
import { loadChoices, nameAgent } from "./filter_names.js";
import { t } from "./words.js";

/** @import { CannedActions, CannedReply } from "../../types.d.ts" */

const MINUTE_MS = 60_000;

/** @param {{reply: CannedReply & {actions: CannedActions}, onClose: () => void}} props */
export function MacroStrip({ reply, onClose }) {
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
  return h(Strip, {
    label: t(reply.text ? "macro.then" : "macro.only"),
    words: words.filter(Boolean).join(" · "),
    onClose,
  });
}
