/** Hand a session to another agent, with a reason. */

import { h, useEffect, useRef, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { t } from "../i18n/words.js";
import { get } from "../server/http.js";
import { toProblem } from "../server/problem.js";
import { Avatar } from "../shell/avatar.js";
import { Dialog } from "../shell/dialog.js";
import { focusFirst } from "../shell/page_focus.js";
import { explain } from "../shell/problems.js";
import { goTo } from "../shell/route.js";
import { transfer } from "./session_actions.js";

/** @import { Agent, SessionDetail } from "../../types.d.ts" */
/** @import { Key } from "../i18n/words.js" */

const ORDER = { online: 0, busy: 1, away: 2, offline: 3 };

/** @param {{session: SessionDetail, onClose: () => void}} props */
export function TransferDialog({ session, onClose }) {
  const [agents, setAgents] = useState(/** @type {Agent[] | null} */ (null));
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    get("/agents?limit=100").then(
      (/** @type {any} */ page) => setAgents(sortAgents(page.items, session.agent?.id)),
      (error) => setProblem(explain(toProblem(error))),
    );
  }, []);

  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => focusFirst(list.current, "input"), [agents]);

  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  async function submit(event) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "").trim();
    const name = agents?.find((each) => each.id === chosen)?.name ?? "";
    if (!(await transfer(session, chosen, name, reason))) return;
    onClose();
    // Agents do not see the conversations of others.
    if (me.peek()?.role !== "ADMIN") goTo({ conversation: null, showsClient: false });
  }

  return h(
    Dialog,
    { title: t("transfer.title"), onClose },
    h(
      "form",
      { class: "form", onSubmit: submit },
      problem && h("p", { class: "form-error", role: "alert" }, problem),
      h(
        "fieldset",
        { class: "agents" },
        h("legend", null, t("transfer.to")),
        h(
          "div",
          { class: "choices", ref: list },
          agents?.map((each) => h(AgentChoice, { key: each.id, agent: each, onChoose: setChosen })),
        ),
        agents?.length === 0 && h("p", { class: "quiet" }, t("transfer.nobody")),
      ),
      h(
        "label",
        { class: "field" },
        h("span", null, t("transfer.reason")),
        h("input", { name: "reason", required: true, maxLength: 500, autocomplete: "off" }),
      ),
      h("button", { class: "button is-primary is-wide", disabled: !chosen }, t("action.transfer")),
    ),
  );
}

/** Those who can get a session, the present ones first. @param {Agent[]} agents @param {string} [holder] */
export function sortAgents(agents, holder) {
  return agents
    .filter((each) => each.is_active && each.id !== holder)
    .toSorted(
      (one, other) => ORDER[one.status] - ORDER[other.status] || one.name.localeCompare(other.name),
    );
}

/** @param {{agent: Agent, onChoose: (id: string) => void}} props */
export function AgentChoice({ agent, onChoose }) {
  const { id, name, kind, status, active_sessions: active, capacity } = agent;
  return h(
    "label",
    { class: "choice" },
    h("input", {
      type: "radio",
      name: "agent",
      value: id,
      required: true,
      onChange: () => onChoose(id),
    }),
    h(Avatar, { id, name, kind, size: "small" }),
    h("bdi", { class: "choice-name" }, name),
    h(
      "span",
      { class: "quiet small" },
      t(/** @type {Key} */ (`status.${status}`)),
      ` · ${active}/${capacity}`,
    ),
  );
}
