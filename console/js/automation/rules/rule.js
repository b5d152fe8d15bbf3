/** One rule: what it answers, with what, and how often. */

import { h } from "../../vendor/preact.js";
import { get, patch, post, remove } from "../../server/http.js";
import { Action } from "../../administration/frame/action.js";
import {
  Checks,
  Choice,
  NumberField,
  Switch,
  TextField,
} from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { REPLY_VARIABLES } from "../../administration/frame/variables.js";
import { t } from "../words.js";
import { listLanguages } from "../languages.js";
import { Lines } from "../lines.js";
import { toNamedOptions, useChannels, useOptions } from "../../administration/frame/options.js";
import { ReplyFileField, useReplyFiles } from "../reply_files.js";
import { TemplateFields } from "../templates/template_fields.js";
import { VariableText } from "../variable_text.js";

/** @import { FormState } from "../../administration/frame/form.js" */
/** @import { AutoReplyRule } from "../../administration/types.d.ts" */
/** @import { Named } from "../../administration/frame/options.js" */

const KINDS = /** @type {const} */ ([
  "word",
  "contains",
  "exact",
  "pattern",
  "first_message",
  "outside_hours",
  "unanswered",
]);
const WITH_WORDS = new Set(["word", "contains", "exact"]);

/** @returns {[string, string][]} */
const listKinds = () => KINDS.map((each) => [each, t(`match.${each}`)]);

/** @type {Record<string, any>} */
const BLANK = {
  channel_id: null,
  name: "",
  match_kind: "word",
  trigger_keywords: [],
  pattern: null,
  languages: [],
  reply_message: "",
  reply_template_id: null,
  reply_values: {},
  reply_file_id: null,
  reply_buttons: [],
  agent_id: null,
  delay_seconds: 0,
  priority: 0,
  goes_on: false,
  is_once_per_session: false,
  limit_count: 3,
  limit_minutes: 10,
  is_active: true,
};

/** What the API takes: nothing is null, not an empty text. @param {Record<string, any>} values */
function toBody(values) {
  const empty = ["pattern", "reply_message"].filter((each) => values[each] === "");
  return { ...values, ...Object.fromEntries(empty.map((each) => [each, null])) };
}

/** @param {AutoReplyRule} rule @returns {Record<string, any>} */
const toValues = (rule) =>
  Object.fromEntries(Object.keys(BLANK).map((each) => [each, rule[/** @type {"name"} */ (each)]]));

export function NewRule() {
  const made = { id: "" };
  const channels = useChannels();
  const form = useForm({
    isNew: true,
    initial: BLANK,
    save: async (values) => {
      const channel_id = values.channel_id ?? channels[0]?.id;
      /** @type {AutoReplyRule} */
      const rule = await post("/auto-reply-rules", toBody({ ...values, channel_id }));
      made.id = rule.id;
    },
    saved: () => (location.hash = addressOf("rules", made.id)),
  });
  return h(
    Screen,
    { title: t("rule.add"), back: addressOf("rules") },
    h(
      Form,
      { form, action: t("rule.add") },
      h(Choice, {
        form,
        name: "channel_id",
        label: t("rule.channel"),
        options: toNamedOptions(channels),
      }),
      h(RuleFields, { form, channel: form.values.channel_id ?? channels[0]?.id }),
    ),
  );
}

/** @param {{id: string}} props */
export function RuleScreen({ id }) {
  const loaded = useLoaded(
    () => /** @type {Promise<AutoReplyRule>} */ (get(`/auto-reply-rules/${id}`)),
    [id],
  );
  return h(
    Screen,
    { title: loaded.value?.name ?? t("rule.title"), back: addressOf("rules") },
    showLoaded(loaded, (rule) => h(Details, { rule, onSaved: loaded.set })),
  );
}

/** @param {{rule: AutoReplyRule, onSaved: (rule: AutoReplyRule) => void}} props */
function Details({ rule, onSaved }) {
  const path = `/auto-reply-rules/${rule.id}`;
  const form = useForm({
    initial: toValues(rule),
    save: async (_, changes) => onSaved(await patch(path, toBody(changes))),
  });
  return [
    h(Form, { key: "form", form }, h(RuleFields, { form, channel: rule.channel_id })),
    h(
      Part,
      { key: "delete", title: t("rule.delete") },
      h(Action, {
        words: t("rule.delete"),
        question: {
          title: t("rule.delete_sure"),
          text: t("rule.delete_text", { name: rule.name }),
        },
        run: () => remove(path),
        done: () => (location.hash = addressOf("rules")),
      }),
    ),
  ];
}

/** @param {{form: FormState<any>, channel: string | undefined}} props */
function RuleFields({ form, channel }) {
  const kind = form.values.match_kind;
  return [
    h(TextField, {
      key: "name",
      form,
      name: "name",
      label: t("rule.name"),
      isRequired: true,
      maxLength: 120,
    }),
    h(Choice, {
      key: "kind",
      form,
      name: "match_kind",
      label: t("rule.kind"),
      help: t(`match.${/** @type {"word"} */ (kind)}_help`),
      options: listKinds(),
    }),
    WITH_WORDS.has(kind) &&
      h(Lines, {
        key: "words",
        form,
        name: "trigger_keywords",
        label: t("rule.words"),
        help: t("rule.words_help"),
      }),
    kind === "pattern" &&
      h(TextField, {
        key: "pattern",
        form,
        name: "pattern",
        label: t("rule.pattern"),
        help: t("rule.pattern_help"),
        isRequired: true,
        maxLength: 500,
      }),
    h(Answer, { key: "answer", form, channel }),
    h(Conditions, { key: "conditions", form }),
    h(Switch, { key: "active", form, name: "is_active", label: t("rule.is_active") }),
  ];
}

/** @param {{form: FormState<any>, channel: string | undefined}} props */
function Answer({ form, channel }) {
  const files = useReplyFiles();
  return h(
    Part,
    { title: t("rule.answer") },
    form.values.reply_template_id === null &&
      h(VariableText, {
        form,
        name: "reply_message",
        label: t("rule.message"),
        variables: REPLY_VARIABLES,
        maxLength: 4000,
      }),
    h(ReplyFileField, { form, name: "reply_file_id", label: t("rule.file"), files }),
    form.values.reply_template_id === null &&
      h(Lines, {
        form,
        name: "reply_buttons",
        label: t("rule.buttons"),
        help: t("rule.buttons_help"),
        rows: 2,
      }),
    channel &&
      h(TemplateFields, {
        key: channel,
        form,
        channel,
        idName: "reply_template_id",
        valuesName: "reply_values",
        label: t("rule.template"),
        help: t("rule.template_help"),
      }),
  );
}

/** @param {{form: FormState<any>}} props */
function Conditions({ form }) {
  /** @type {ReturnType<typeof useOptions<Named>>} */
  const agents = useOptions("/agents");
  return h(
    Part,
    { title: t("rule.when") },
    h(Checks, {
      form,
      name: "languages",
      label: t("rule.languages"),
      help: t("rule.languages_help"),
      options: listLanguages(),
    }),
    h(NumberField, {
      form,
      name: "delay_seconds",
      label: t("rule.delay"),
      help: t("rule.delay_help"),
      min: 0,
      max: 86_400,
      unit: t("unit.seconds"),
    }),
    h(NumberField, {
      form,
      name: "priority",
      label: t("rule.priority"),
      help: t("rule.priority_help"),
      min: -1000,
      max: 1000,
    }),
    h(Switch, { form, name: "goes_on", label: t("rule.goes_on"), help: t("rule.goes_on_help") }),
    h(Switch, { form, name: "is_once_per_session", label: t("rule.once") }),
    h(NumberField, { form, name: "limit_count", label: t("rule.limit_count"), min: 1, max: 10 }),
    h(NumberField, {
      form,
      name: "limit_minutes",
      label: t("rule.limit_minutes"),
      min: 1,
      max: 1440,
      unit: t("unit.minutes"),
    }),
    h(Choice, {
      form,
      name: "agent_id",
      label: t("rule.agent"),
      help: t("rule.agent_help"),
      options: [[null, t("rule.agent_session")], ...toNamedOptions(agents.items)],
    }),
  );
}
