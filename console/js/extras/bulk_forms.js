/** What must be said before something is done with several sessions. */

import { h, useEffect, useState } from "../vendor/preact.js";
import { me } from "../account/log_in.js";
import { language } from "../i18n/words.js";
import { getAll } from "../server/all_pages.js";
import { attempt } from "../shell/notices.js";
import { fullTime } from "../text/time.js";
import { listSnoozes } from "../thread/snooze_dialog.js";
import { AgentChoice, sortAgents } from "../thread/transfer_dialog.js";
import { changeTags, end, giveTo, prioritize, snoozeUntil } from "./bulk_actions.js";
import { t } from "./words.js";

/** @import { Child } from "../vendor/preact.js" */
/** @import { Agent, Priority, Tag } from "../../types.d.ts" */
/** @import { Row } from "../inbox/rows.js" */
/** @import { Work } from "./bulk_actions.js" */

/** @typedef {(work: Work) => void} Start */

/** @type {Priority[]} */
const PRIORITIES = ["low", "normal", "high", "urgent"];

/** @param {{onStart: Start}} props */
export function TransferForm({ onStart }) {
  const [agents, setAgents] = useState(/** @type {Agent[]} */ ([]));
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    void attempt(async () => setAgents(sortAgents(await getAll("/agents"))));
  }, []);
  return h(
    Form,
    {
      button: t("action.transfer"),
      isDisabled: !chosen,
      onSubmit: (given) => onStart(giveTo(chosen, String(given.get("reason")).trim())),
    },
    me.value?.role !== "ADMIN" && h("p", { class: "quiet" }, t("bulk.transfer_help")),
    h(
      "fieldset",
      { class: "agents" },
      h("legend", null, t("transfer.to")),
      h(
        "div",
        { class: "choices" },
        agents.map((each) => h(AgentChoice, { key: each.id, agent: each, onChoose: setChosen })),
      ),
    ),
    h(
      "label",
      { class: "field" },
      h("span", null, t("transfer.reason")),
      h("input", { name: "reason", required: true, maxLength: 500, autocomplete: "off" }),
    ),
  );
}

/** @param {{rows: Row[], onStart: Start}} props */
export function TagsForm({ rows, onStart }) {
  const [known, setKnown] = useState(/** @type {Tag[]} */ ([]));
  useEffect(() => {
    void attempt(async () => setKnown(await getAll("/tags")));
  }, []);
  const theirs = new Set(rows.flatMap((row) => row.tags.map((each) => each.name)));
  return h(
    Form,
    {
      button: t("common.save"),
      onSubmit(given) {
        const add = String(given.get("add"))
          .split(",")
          .map((each) => each.trim());
        const drop = given.getAll("drop").map(String);
        onStart(changeTags(add.filter(Boolean), drop));
      },
    },
    h(
      "label",
      { class: "field" },
      h("span", null, t("bulk.tags_add")),
      h("input", { name: "add", maxLength: 500, list: "bulk-tags", autocomplete: "off" }),
    ),
    h(
      "datalist",
      { id: "bulk-tags" },
      known.map((each) => h("option", { key: each.id, value: each.name })),
    ),
    theirs.size > 0 &&
      h(
        "fieldset",
        { class: "agents" },
        h("legend", null, t("bulk.tags_drop")),
        [...theirs]
          .toSorted()
          .map((name) =>
            h(
              "label",
              { key: name, class: "choice" },
              h("input", { type: "checkbox", name: "drop", value: name }),
              h("bdi", { class: "choice-name" }, name),
            ),
          ),
      ),
  );
}

/** @param {{rows: Row[], onStart: Start}} props */
export const EndForm = ({ rows, onStart }) =>
  h(
    Form,
    { button: t("bulk.end"), onSubmit: () => onStart(end) },
    h("p", null, t("bulk.end_help", { n: rows.length })),
  );

/** @param {{onStart: Start}} props */
export const Priorities = ({ onStart }) =>
  h(Choices, {
    choices: PRIORITIES.map((each) => ({
      name: t(`priority.${each}`),
      run: () => onStart(prioritize(each)),
    })),
  });

/** @param {{onStart: Start}} props */
export const Snoozes = ({ onStart }) =>
  h(Choices, {
    choices: listSnoozes(new Date()).map(({ key, until }) => ({
      name: t(key),
      more: fullTime(until.toISOString(), language.value),
      run: () => onStart(snoozeUntil(until)),
    })),
  });

/** @param {{choices: {name: string, more?: string, run: () => void}[]}} props */
const Choices = ({ choices }) =>
  h(
    "div",
    { class: "choices" },
    choices.map(({ name, more, run }) =>
      h(
        "button",
        { key: name, type: "button", class: "choice", onClick: run },
        h("span", { class: "choice-name" }, name),
        more && h("span", { class: "quiet small" }, more),
      ),
    ),
  );

/** @param {{button: string, isDisabled?: boolean, onSubmit: (given: FormData) => void, children?: Child}} props */
const Form = ({ button, isDisabled = false, onSubmit, children }) =>
  h(
    "form",
    {
      class: "form",
      onSubmit(/** @type {SubmitEvent & {currentTarget: HTMLFormElement}} */ event) {
        event.preventDefault();
        onSubmit(new FormData(event.currentTarget));
      },
    },
    children,
    h("button", { class: "button is-primary is-wide", disabled: isDisabled }, button),
  );
