/** How a channel behaves: who answers, when agents are away, targets, what customers are told. */

import { h } from "../../vendor/preact.js";
import { patch } from "../../server/http.js";
import { Checks, Choice, NumberField, Switch, TextField, toOptions } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { t } from "../words.js";
import { describe } from "./kinds.js";

/** @import { Loaded } from "../frame/loading.js" */
/** @import { Channel } from "../types.d.ts" */
/** @import { Found } from "./channel.js" */

/** @type {(keyof Channel)[]} */
const SETTINGS = [
  "name",
  "language",
  "agent_ids",
  "staff_mode",
  "ai_takeover",
  "ai_takeover_minutes",
  "ai_reply_limit",
  "offline_policy",
  "offline_minutes",
  "reopen_minutes",
  "first_answer_minutes",
  "next_answer_minutes",
  "sla_warning_percent",
  "tells_who_answers",
  "asks_for_rating",
  "window_warning_minutes",
  "staff_channel_id",
];
const MONTH = 43_200;

/** @param {Channel} channel @returns {Record<string, any>} */
const readValues = (channel) => Object.fromEntries(SETTINGS.map((each) => [each, channel[each]]));

/** @param {{found: Found, loaded: Loaded<Found>}} props */
export function ChannelSettings({ found, loaded }) {
  const { channel, people, bots } = found;
  const form = useForm({
    initial: readValues(channel),
    save: async (_, changes) => {
      /** @type {Channel} */
      const saved = await patch(`/channels/${channel.id}`, changes);
      loaded.set({ ...found, channel: saved });
      return readValues(saved);
    },
  });
  const minutes = { form, min: 0, max: MONTH, unit: t("unit.minutes") };
  const hasAi = form.values.ai_takeover !== "off";
  return h(
    Form,
    { form },
    h("h2", null, t("channels.settings")),
    h(TextField, {
      form,
      name: "name",
      label: t("channels.name"),
      isRequired: true,
      maxLength: 120,
    }),
    !channel.is_staff_bot && [
      h(Choice, {
        key: "language",
        form,
        name: "language",
        label: t("channels.language"),
        help: t("channels.language_help"),
        options: [
          [null, t("channels.language_default")],
          ["en", "English"],
          ["id", "Bahasa Indonesia"],
        ],
      }),
      h("h2", { key: "who" }, t("channels.who")),
      h(Checks, {
        key: "agents",
        form,
        name: "agent_ids",
        label: t("channels.agents"),
        help: t("channels.agents_help"),
        options: toOptions(people, ({ id, name, kind }) => [
          id,
          kind === "ai" ? `${name} (AI)` : name,
        ]),
      }),
      h(Choice, {
        key: "mode",
        form,
        name: "staff_mode",
        label: t("channels.staff_mode"),
        help: t("channels.staff_mode_help"),
        options: [
          [null, t("channels.staff_mode_default")],
          ["group", t("channels.staff_mode_group")],
          ["personal", t("channels.staff_mode_personal")],
        ],
      }),
      channel.kind !== "telegram" &&
        bots.length > 0 &&
        h(Choice, {
          key: "bot",
          form,
          name: "staff_channel_id",
          label: t("channels.staff_channel"),
          help: t("channels.staff_channel_help"),
          options: toOptions(bots, (each) => [each.id, describe(each)]),
        }),
      h(Choice, {
        key: "ai",
        form,
        name: "ai_takeover",
        label: t("channels.ai"),
        help: t("channels.ai_help"),
        options: [
          ["off", t("channels.ai_off")],
          ["immediate", t("channels.ai_immediate")],
          ["delayed", t("channels.ai_delayed")],
        ],
      }),
      hasAi && [
        h(NumberField, {
          key: "minutes",
          form,
          name: "ai_takeover_minutes",
          label: t("channels.ai_minutes"),
          help: t("channels.ai_minutes_help"),
          min: 1,
          max: 1440,
          unit: t("unit.minutes"),
        }),
        h(NumberField, {
          key: "limit",
          form,
          name: "ai_reply_limit",
          label: t("channels.ai_limit"),
          help: t("channels.ai_limit_help"),
          min: 0,
          max: 1000,
        }),
      ],
      h("h2", { key: "away-title" }, t("channels.away")),
      h(Choice, {
        key: "away",
        form,
        name: "offline_policy",
        label: t("channels.policy"),
        help: t("channels.policy_help"),
        options: [
          ["keep", t("channels.policy_keep")],
          ["hand_back", t("channels.policy_hand_back")],
          ["pass_on", t("channels.policy_pass_on")],
        ],
      }),
      form.values.offline_policy !== "keep" &&
        h(NumberField, {
          ...minutes,
          key: "away-minutes",
          name: "offline_minutes",
          label: t("channels.offline_minutes"),
          help: t("channels.offline_minutes_help"),
        }),
      h(NumberField, {
        ...minutes,
        key: "reopen",
        name: "reopen_minutes",
        label: t("channels.reopen"),
        help: t("channels.reopen_help"),
      }),
      h("h2", { key: "targets" }, t("channels.targets")),
      h(NumberField, {
        ...minutes,
        key: "first",
        name: "first_answer_minutes",
        label: t("channels.first"),
        help: t("channels.first_help"),
      }),
      h(NumberField, {
        ...minutes,
        key: "next",
        name: "next_answer_minutes",
        label: t("channels.next"),
        help: t("channels.next_help"),
      }),
      h(NumberField, {
        key: "warning",
        form,
        name: "sla_warning_percent",
        label: t("channels.warning"),
        help: t("channels.warning_help"),
        min: 0,
        max: 99,
        unit: "%",
      }),
      h("h2", { key: "told" }, t("channels.told")),
      h(Switch, {
        key: "tells",
        form,
        name: "tells_who_answers",
        label: t("channels.tells"),
        help: t("channels.tells_help"),
      }),
      h(Switch, {
        key: "asks",
        form,
        name: "asks_for_rating",
        label: t("channels.asks"),
        help: t("channels.asks_help"),
      }),
      channel.kind === "whatsapp_cloud" &&
        h(NumberField, {
          key: "window",
          form,
          name: "window_warning_minutes",
          label: t("channels.window"),
          help: t("channels.window_help"),
          min: 0,
          max: 1380,
          unit: t("unit.minutes"),
        }),
    ],
  );
}
