/** One AI agent: how it answers, when a person does, and what it would answer now. */

import { h } from "../../vendor/preact.js";
import { get, patch, remove } from "../../server/http.js";
import { Action } from "../../administration/frame/action.js";
import {
  Checks,
  Choice,
  NumberField,
  Switch,
  TextArea,
  TextField,
} from "../../administration/frame/fields.js";
import { Form, useForm } from "../../administration/frame/form.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { HoursForm } from "../../administration/hours/hours_form.js";
import { t } from "../words.js";
import { Entries } from "../entries.js";
import { Lines } from "../lines.js";
import { toNamedOptions, useChannels } from "../../administration/frame/options.js";
import { FileUpload, useReplyFiles } from "../reply_files.js";
import { AskPart } from "./ask.js";
import { ReplayPart } from "./replay.js";
import { listLevels, listModes } from "./choices.js";
import { toBody, toValues } from "./config.js";

/** @import { FormState } from "../../administration/frame/form.js" */
/** @import { AgentDetail, AiAgent, OpeningHours } from "../../administration/types.d.ts" */

const TEXT = 4000;

/** @param {{id: string, part: string | undefined}} props */
export function AiAgentScreen({ id, part }) {
  const loaded = useLoaded(async () => {
    /** @type {[AiAgent, AgentDetail]} */
    const both = await Promise.all([get(`/ai-agents/${id}`), get(`/agents/${id}`)]);
    return { agent: both[0], served: both[1] };
  }, [id]);
  const title = loaded.value?.agent.name ?? t("ai.title");
  if (part === "hours") {
    /** @param {OpeningHours | null} hours */
    const save = async (hours) => {
      const served = loaded.value?.served;
      const agent = await patch(`/ai-agents/${id}`, { config: { working_hours: hours } });
      if (served) loaded.set({ agent, served });
    };
    return h(
      Screen,
      { title, back: addressOf("ai", id) },
      showLoaded(loaded, ({ agent }) => h(Hours, { hours: agent.config.working_hours, save })),
    );
  }
  return h(
    Screen,
    { title, back: addressOf("ai") },
    showLoaded(loaded, (value) => h(AiForm, value)),
  );
}

/** @param {{hours: OpeningHours | null, save: (hours: OpeningHours | null) => Promise<void>}} props */
function Hours({ hours, save }) {
  return [
    h(HoursForm, { key: hours ? "form" : "new", hours, help: t("ai.hours_help"), save }),
    hours &&
      h(Action, {
        key: "remove",
        words: t("ai.hours_remove"),
        question: {
          text: t("ai.hours_short"),
        },
        run: () => save(null),
      }),
  ];
}

/** @param {{agent: AiAgent, served: AgentDetail}} props */
function AiForm({ agent, served }) {
  const form = useForm({
    initial: /** @type {Record<string, any>} */ (toValues(agent, served)),
    save: async (values, changes) => {
      const names = Object.keys(changes);
      const staff = names.filter((each) => ["status", "channel_ids"].includes(each));
      const own = names.filter((each) => !staff.includes(each));
      if (own.length > 0) await patch(`/ai-agents/${agent.id}`, toBody(values, own));
      if (staff.length > 0) await patch(`/agents/${agent.id}`, toBody(values, staff));
    },
  });
  return [
    h(
      Form,
      { key: "form", form },
      h(Basics, { form }),
      h(Knowledge, { form }),
      h(Handovers, { form }),
      h(Extras, { form }),
    ),
    h(
      Part,
      { key: "hours", title: t("ai.hours"), help: t("ai.hours_short") },
      h("a", { class: "button", href: addressOf("ai", agent.id, "hours") }, t("ai.hours_change")),
    ),
    h(AskPart, { key: "ask", agent, values: form.values }),
    h(ReplayPart, { key: "replay", agent, values: form.values }),
    h(
      Part,
      { key: "delete", title: t("ai.delete") },
      h(Action, {
        words: t("ai.delete"),
        question: {
          title: t("ai.delete_sure"),
          text: t("ai.delete_text", { name: agent.name }),
        },
        run: () => remove(`/ai-agents/${agent.id}`),
        done: () => (location.hash = addressOf("ai")),
      }),
    ),
  ];
}

/** @param {{form: FormState<any>}} props */
function Basics({ form }) {
  const channels = useChannels();
  return [
    h(TextField, { form, name: "name", label: t("ai.name"), isRequired: true, maxLength: 120 }),
    h(Choice, {
      form,
      name: "config.mode",
      label: t("ai.mode"),
      help: t("ai.mode_help"),
      options: listModes(),
    }),
    h(Choice, {
      form,
      name: "status",
      label: t("ai.status"),
      options: [
        ["online", t("ai.status_on")],
        ["offline", t("ai.status_off")],
      ],
    }),
    h(Checks, {
      form,
      name: "channel_ids",
      label: t("ai.channels"),
      help: t("ai.channels_help"),
      options: toNamedOptions(channels),
    }),
    h(Choice, {
      form,
      name: "level",
      label: t("ai.level"),
      help: t("ai.level_help"),
      options: listLevels(),
    }),
    h(TextField, {
      form,
      name: "config.model",
      label: t("ai.model"),
      help: t("ai.model_help"),
      maxLength: 120,
    }),
    h(NumberField, {
      form,
      isOptional: true,
      name: "config.temperature",
      label: t("ai.temperature"),
      help: t("ai.temperature_help"),
      min: 0,
      max: 2,
      step: 0.1,
    }),
  ];
}

/** @param {{form: FormState<any>}} props */
function Knowledge({ form }) {
  return h(
    Part,
    { title: t("ai.says") },
    h(TextArea, {
      form,
      name: "config.style",
      label: t("ai.style"),
      help: t("ai.style_help"),
      maxLength: TEXT,
    }),
    h(TextArea, {
      form,
      name: "config.knowledge",
      label: t("ai.knowledge"),
      help: t("ai.knowledge_help"),
      maxLength: 16_000,
    }),
    h(Lines, {
      form,
      name: "config.article_tags",
      label: t("ai.article_tags"),
      help: t("ai.article_tags_help"),
      rows: 2,
    }),
    h(Entries, {
      form,
      name: "config.products",
      label: t("ai.products"),
      help: t("ai.products_help"),
      add: t("ai.product_add"),
      blank: { name: "", price: "", description: "" },
      parts: [
        { name: "name", label: t("ai.product_name"), isRequired: true, most: 190 },
        { name: "price", label: t("ai.product_price"), most: 80 },
        { name: "description", label: t("ai.product_description"), kind: "long", most: 1000 },
      ],
    }),
  );
}

/** @param {{form: FormState<any>}} props */
function Handovers({ form }) {
  return h(
    Part,
    { title: t("ai.handover"), help: t("ai.handover_help") },
    h(NumberField, {
      form,
      isOptional: true,
      name: "config.confidence_threshold",
      label: t("ai.threshold"),
      help: t("ai.threshold_help"),
      min: 0,
      max: 100,
      unit: "%",
    }),
    h(Lines, {
      form,
      name: "config.handover_conditions",
      label: t("ai.conditions"),
      help: t("ai.conditions_help"),
    }),
    h(Lines, {
      form,
      name: "config.handover_rules.keywords",
      label: t("ai.keywords"),
      help: t("ai.keywords_help"),
    }),
    h(Lines, {
      form,
      name: "config.handover_rules.languages",
      label: t("ai.languages"),
      help: t("ai.languages_help"),
      rows: 2,
    }),
    h(NumberField, {
      form,
      name: "config.handover_rules.complaints",
      label: t("ai.complaints"),
      help: t("ai.zero_never"),
      min: 0,
      max: 100,
    }),
    h(NumberField, {
      form,
      name: "config.handover_rules.answers",
      label: t("ai.answers"),
      help: t("ai.zero_never"),
      min: 0,
      max: 1000,
    }),
    h(NumberField, {
      form,
      isOptional: true,
      name: "config.reply_limit",
      label: t("ai.limit"),
      help: t("ai.limit_help"),
      min: 1,
      max: 1000,
    }),
    h(TextArea, {
      form,
      name: "config.reply_limit_notice",
      label: t("ai.limit_notice"),
      help: t("ai.limit_notice_help"),
      maxLength: 16_000,
      rows: 2,
    }),
  );
}

/** @param {{form: FormState<any>}} props */
function Extras({ form }) {
  const files = useReplyFiles();
  return h(
    Part,
    { title: t("ai.extras") },
    h(Entries, {
      form,
      name: "config.follow_ups",
      label: t("ai.follow_ups"),
      help: t("ai.follow_ups_help"),
      add: t("ai.follow_up_add"),
      blank: { keyword: "", text: "", delay_minutes: 60 },
      parts: [
        { name: "keyword", label: t("ai.keyword"), isRequired: true, most: 80 },
        { name: "delay_minutes", label: t("ai.follow_up_delay"), kind: "number", most: 10_080 },
        { name: "text", label: t("ai.follow_up_text"), kind: "long", most: TEXT },
      ],
    }),
    (files.items.length > 0 || form.values["config.pictures"].length > 0) &&
      h(Entries, {
        form,
        name: "config.pictures",
        label: t("ai.pictures"),
        help: t("ai.pictures_help"),
        add: t("ai.picture_add"),
        blank: { keyword: "", file_id: files.items[0]?.id ?? "", caption: "" },
        parts: [
          { name: "keyword", label: t("ai.keyword"), isRequired: true, most: 80 },
          { name: "file_id", label: t("ai.picture"), options: files.options },
          { name: "caption", label: t("ai.caption"), most: 1000 },
        ],
      }),
    h(FileUpload, {
      files,
      words: t("ai.picture_upload"),
      accept: "image/*",
      onAdded: () => {},
    }),
    h(Switch, {
      form,
      name: "config.reads_pictures",
      label: t("ai.reads_pictures"),
      help: t("ai.reads_pictures_help"),
    }),
  );
}
