/** One channel: whether it works, how it behaves, and what belongs to it. */

import { h } from "../../vendor/preact.js";
import { useEvents } from "../../live/listeners.js";
import { getAll } from "../../server/all_pages.js";
import { get, patch, post } from "../../server/http.js";
import { goTo } from "../../shell/route.js";
import { Action } from "../frame/action.js";
import { ItemRow } from "../frame/list.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Part, Screen } from "../frame/screen.js";
import { t } from "../words.js";
import { ChannelSettings } from "./channel_settings.js";
import { Checks } from "./checks.js";
import { askToDelete } from "./deletion.js";
import { describe, markLink } from "./kinds.js";
import { MetaWebhook } from "./meta_webhook.js";
import { WebhookSecret } from "./webhook_secret.js";

/** @import { Agent } from "../../../types.d.ts" */
/** @import { Channel } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */

/** @typedef {{channel: Channel, people: Agent[], bots: Channel[]}} Found */

/** @param {{id: string}} props */
export function ChannelPage({ id }) {
  const loaded = useLoaded(() => loadChannel(id), [id]);
  useEvents(["channel.changed", "channel.link"], ({ channel_id: changed }) => {
    if (changed === id) void loaded.reload();
  });
  return h(
    Screen,
    { title: loaded.value?.channel.name ?? t("channels.title"), back: addressOf("channels") },
    showLoaded(loaded, (found) => [
      h("p", { key: "kind", class: "quiet" }, describe(found.channel)),
      h(State, { key: "state", loaded, channel: found.channel }),
      h(More, { key: "more", channel: found.channel }),
      h(ChannelSettings, { key: "settings", found, loaded }),
      h(Connection, { key: "connection", channel: found.channel }),
      h(Danger, { key: "danger", channel: found.channel, loaded }),
    ]),
  );
}

/** @param {string} id @returns {Promise<Found>} */
async function loadChannel(id) {
  /** @type {[Channel, Agent[], Channel[]]} */
  const [channel, agents, bots] = await Promise.all([
    get(`/channels/${id}`),
    getAll("/agents"),
    getAll("/channels?kind=telegram"),
  ]);
  return { channel, people: agents.filter((each) => each.is_active), bots };
}

/** @param {{channel: Channel, loaded: Loaded<Found>}} props */
function State({ channel, loaded }) {
  return h(
    Part,
    { title: t("channels.state") },
    !channel.is_active && h("p", { class: "form-error" }, t("channels.off_help")),
    h(Checks, { checks: channel.last_check }),
    channel.has_credentials &&
      h(Action, {
        words: t("channels.test"),
        run: async () => {
          await post(`/channels/${channel.id}/test`);
          await loaded.reload();
        },
        notice: t("channels.tested"),
      }),
  );
}

/** What belongs to the channel and has a screen of its own. @param {{channel: Channel}} props */
function More({ channel }) {
  const { id, kind, has_opening_hours: hasHours, is_open: isOpen } = channel;
  return h(
    "ul",
    null,
    kind === "whatsapp_waha" &&
      h(ItemRow, {
        href: addressOf("channels", id, "link"),
        title: t("link.title"),
        text: t("link.short"),
        marks: channel.link_status ? [markLink(channel.link_status)] : [],
      }),
    !channel.is_staff_bot && [
      h(ItemRow, {
        key: "texts",
        href: addressOf("texts", id),
        title: t("texts.title"),
        text: t("texts.short"),
      }),
      h(ItemRow, {
        key: "hours",
        href: addressOf("hours", id),
        title: t("hours.title"),
        text: hasHours ? t(isOpen ? "hours.is_open" : "hours.is_closed") : t("hours.always"),
      }),
    ],
    h(ItemRow, {
      href: addressOf("groups", id),
      title: t("groups.title"),
      text: t("groups.count", { n: channel.staff_groups.length }),
    }),
  );
}

/** @param {{channel: Channel}} props */
function Connection({ channel }) {
  return h(
    Part,
    { title: t("channels.connection") },
    channel.kind === "whatsapp_cloud" && [
      h(MetaWebhook, { key: "webhook", webhook: channel.webhook }),
      h(WebhookSecret, { key: "secret", id: channel.id }),
    ],
    channel.from_environment
      ? h("p", { class: "quiet small" }, t("channels.from_environment"))
      : h(
          "a",
          { class: "button", href: addressOf("channels", channel.id, "credentials") },
          t("channels.credentials"),
        ),
  );
}

/** @param {{channel: Channel, loaded: Loaded<Found>}} props */
function Danger({ channel, loaded }) {
  return h(
    Part,
    { title: t("channels.end") },
    h(Action, {
      words: t(channel.is_active ? "channels.switch_off" : "channels.switch_on"),
      help: channel.is_active ? t("channels.switch_off_help") : "",
      question: channel.is_active
        ? {
            title: t("channels.switch_off"),
            text: t("channels.switch_off_help"),
            action: t("channels.switch_off"),
          }
        : undefined,
      run: () => patch(`/channels/${channel.id}`, { is_active: !channel.is_active }),
      done: () => void loaded.reload(),
    }),
    !channel.from_environment && h(Deletion, { channel }),
  );
}

/** @param {{channel: Channel}} props */
function Deletion({ channel }) {
  return h(
    "div",
    { class: "action" },
    h("p", { id: "delete-help", class: "quiet small" }, t("channels.delete_help")),
    h(
      "button",
      {
        type: "button",
        class: "button is-dangerous",
        "aria-describedby": "delete-help",
        onClick: async () => {
          if (await askToDelete(channel)) goTo({ page: "administration", path: ["channels"] });
        },
      },
      t("channels.delete"),
    ),
  );
}
