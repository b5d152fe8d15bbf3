/** What a canned reply does beside its text. */

import { h } from "../../vendor/preact.js";
import { Choice, TextField, toOptions } from "../frame/fields.js";
import { t } from "../words.js";

/** @import { Agent, CannedActions, Priority } from "../../../types.d.ts" */
/** @import { FormState } from "../frame/form.js" */
/** @import { Values } from "../frame/values.js" */

const NAME = "actions.";
/** @type {Priority[]} */
const PRIORITIES = ["low", "normal", "high", "urgent"];
/** In minutes, with their words. */
const SNOOZES = /** @type {const} */ ([
  [60, "canned.snooze_hour"],
  [240, "canned.snooze_hours"],
  [1440, "canned.snooze_day"],
  [4320, "canned.snooze_days"],
  [10_080, "canned.snooze_week"],
]);

/** @param {string} name of a value of the form */
export const isOfActions = (name) => name.startsWith(NAME);

/** Who can get a session. @param {Agent[]} agents */
const listActive = (agents) => agents.filter((each) => each.is_active);

/** The values of the form. @param {CannedActions | null} actions @param {Agent[]} agents */
export const readActions = (actions, agents) => ({
  [`${NAME}tags`]: actions?.tags.join(", ") ?? "",
  [`${NAME}priority`]: actions?.priority ?? null,
  [`${NAME}way`]: readWay(actions),
  [`${NAME}agent_id`]: actions?.agent_id ?? listActive(agents)[0]?.id ?? null,
  [`${NAME}snooze_minutes`]: String(actions?.snooze_minutes ?? 1440),
});

/** @param {CannedActions | null} actions */
function readWay(actions) {
  if (actions?.end) return "end";
  if (actions?.agent_id) return "transfer";
  return actions?.snooze_minutes == null ? null : "snooze";
}

/** @param {Values} values @returns {CannedActions} */
export function toActions(values) {
  const value = (/** @type {string} */ name) => values[NAME + name];
  const way = value("way");
  return {
    tags: value("tags")
      .split(",")
      .map((/** @type {string} */ each) => each.trim())
      .filter(Boolean),
    priority: value("priority"),
    agent_id: way === "transfer" ? value("agent_id") : null,
    snooze_minutes: way === "snooze" ? Number(value("snooze_minutes")) : null,
    end: way === "end",
  };
}

/** @param {{form: FormState<any>, agents: Agent[]}} props */
export function ActionFields({ form, agents }) {
  const way = form.values[`${NAME}way`];
  return [
    h(TextField, {
      key: "tags",
      form,
      name: `${NAME}tags`,
      label: t("canned.tags"),
      help: t("canned.tags_help"),
      maxLength: 500,
    }),
    h(Choice, {
      key: "priority",
      form,
      name: `${NAME}priority`,
      label: t("canned.priority"),
      options: [
        [null, t("canned.unchanged")],
        ...toOptions(PRIORITIES, (each) => [each, t(`priority.${each}`)]),
      ],
    }),
    h(Choice, {
      key: "way",
      form,
      name: `${NAME}way`,
      label: t("canned.way"),
      options: [
        [null, t("canned.way_none")],
        ["transfer", t("canned.way_transfer")],
        ["snooze", t("canned.way_snooze")],
        ["end", t("canned.way_end")],
      ],
    }),
    way === "transfer" &&
      h(Choice, {
        key: "agent",
        form,
        name: `${NAME}agent_id`,
        label: t("canned.agent"),
        options: toOptions(listActive(agents), (each) => [each.id, each.name]),
      }),
    way === "snooze" &&
      h(Choice, {
        key: "snooze",
        form,
        name: `${NAME}snooze_minutes`,
        label: t("canned.snooze"),
        options: listSnoozes(form.values[`${NAME}snooze_minutes`]),
      }),
  ];
}

/** Also one that was chosen through the API. @param {string} chosen @returns {[string, string][]} */
function listSnoozes(chosen) {
  const known = toOptions(SNOOZES, ([minutes, key]) => [String(minutes), t(key)]);
  const isKnown = known.some(([value]) => value === chosen);
  return isKnown ? known : [...known, [chosen, t("canned.snooze_minutes", { n: chosen })]];
}
