/** AI agents: a list, one of them, a new one. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { post } from "../../server/http.js";
import { Avatar } from "../../shell/avatar.js";
import { Choice, TextField } from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { ItemRow, showList, useList } from "../../administration/frame/list.js";
import { AddLink, addressOf, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { AiAgentScreen } from "./ai_agent.js";
import { listLevels } from "./choices.js";

/** @import { AiAgent } from "../../administration/types.d.ts" */

/** @param {{path: string[]}} props */
export function AiAgents({ path }) {
  const [id, part] = path;
  if (id === "new") return h(NewAiAgent, null);
  return id ? h(AiAgentScreen, { key: id, id, part }) : h(AiAgentList, null);
}

function AiAgentList() {
  /** @type {import("../../administration/frame/list.js").List<AiAgent>} */
  const list = useList("/ai-agents");
  useEvents(["agent.changed", "agent.status"], list.reload);
  return h(
    Screen,
    {
      title: t("ai.title"),
      help: t("ai.help"),
      action: h(AddLink, { href: addressOf("ai", "new"), words: t("list.add") }),
    },
    showList(list, {
      nothing: { title: t("ai.none"), help: t("ai.none_next") },
      show: (agent) =>
        h(ItemRow, {
          key: agent.id,
          href: addressOf("ai", agent.id),
          title: agent.name,
          text: t(`ai_mode.${agent.config.mode}`),
          before: h(Avatar, { id: agent.id, name: agent.name, kind: "ai" }),
          marks: listMarks(agent),
        }),
    }),
  );
}

/** @param {AiAgent} agent @returns {[string, "warning"?][]} */
const listMarks = ({ level, status }) => [
  [t(`level.${level}`)],
  ...(status === "online"
    ? []
    : [/** @type {[string, "warning"]} */ ([t("status.offline"), "warning"])]),
];

function NewAiAgent() {
  /** @type {{id: string}} */
  const made = { id: "" };
  const form = useForm({
    isNew: true,
    initial: { name: "", level: "Basic" },
    save: async (values) => {
      /** @type {AiAgent} */
      const agent = await post("/ai-agents", { ...values, config: { mode: "suggest" } });
      made.id = agent.id;
    },
    saved: () => (location.hash = addressOf("ai", made.id)),
  });
  return h(
    Screen,
    { title: t("ai.add"), back: addressOf("ai"), help: t("ai.add_help") },
    h(
      Form,
      { form, action: t("ai.add") },
      h(TextField, { form, name: "name", label: t("ai.name"), isRequired: true, maxLength: 120 }),
      h(Choice, {
        form,
        name: "level",
        label: t("ai.level"),
        help: t("ai.level_help"),
        options: listLevels(),
      }),
    ),
  );
}
