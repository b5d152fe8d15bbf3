/** Where agents answer a channel's customers: staff groups in Telegram, or their own chats. */

import { h } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { get, patch, post, remove } from "../../server/http.js";
import { Checks } from "../channels/checks.js";
import { Action } from "../frame/action.js";
import { Choice, TextField } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { OfChannel } from "../frame/of_channel.js";
import { addressOf, Part } from "../frame/screen.js";
import { t } from "../words.js";
import { readGroup } from "./group_id.js";

/** @import { Channel, StaffGroup, User } from "../types.d.ts" */
/** @import { Loaded } from "../frame/loading.js" */

/** @param {{path: string[]}} props */
export function Groups({ path }) {
  return h(OfChannel, {
    screen: "groups",
    id: path[0],
    title: t("groups.title"),
    help: t("groups.help"),
    show: (channel) => h(OfOne, { key: channel.id, channel }),
  });
}

/** @param {{channel: Channel}} props */
function OfOne({ channel }) {
  const { id } = channel;
  const loaded = useLoaded(async () => {
    /** @type {{items: StaffGroup[]}} */
    const found = await get(`/channels/${id}/staff-groups`);
    return found.items;
  }, [id]);
  return [
    showLoaded(loaded, (groups) => [
      h(
        "ul",
        { key: "groups", class: "plain-list" },
        groups.map((each) =>
          h(Group, { key: each.id, channel, group: each, onChange: () => void loaded.reload() }),
        ),
        groups.length === 0 && h("li", { class: "quiet" }, t("groups.none")),
      ),
      channel.from_environment
        ? h("p", { key: "fixed", class: "quiet small" }, t("groups.from_environment"))
        : h(NewGroup, { key: "new", id, onAdded: () => void loaded.reload() }),
    ]),
    h(OwnChats, { key: "own", channel }),
  ];
}

/** @param {{channel: Channel, group: StaffGroup, onChange: () => void}} props */
function Group({ channel, group, onChange }) {
  return h(
    "li",
    null,
    h("bdi", { class: "who-name" }, group.id),
    h(Checks, { checks: group.last_check ? [group.last_check] : [] }),
    !channel.from_environment &&
      h(Action, {
        words: t("groups.remove"),
        question: {
          text: t("groups.remove_text"),
        },
        run: () => remove(`/channels/${channel.id}/staff-groups/${group.id}`),
        notice: t("groups.removed"),
        done: onChange,
      }),
  );
}

/** @param {{id: string, onAdded: () => void}} props */
function NewGroup({ id, onAdded }) {
  const form = useForm({
    isNew: true,
    initial: { id: "" },
    notice: t("groups.added"),
    saved: onAdded,
    save: async (values) => {
      await post(`/channels/${id}/staff-groups`, { id: readGroup(values.id) });
      return { id: "" };
    },
  });
  return h(
    Form,
    { form, action: t("groups.add") },
    h(TextField, {
      form,
      name: "id",
      label: t("groups.new"),
      help: t("groups.id_help"),
      placeholder: "-1001234567890",
      isRequired: true,
    }),
  );
}

/** @param {{channel: Channel}} props */
function OwnChats({ channel }) {
  const form = useForm({
    initial: { staff_mode: channel.staff_mode },
    save: async (_, changes) => {
      /** @type {Channel} */
      const saved = await patch(`/channels/${channel.id}`, changes);
      return { staff_mode: saved.staff_mode };
    },
  });
  /** @type {Loaded<User[]>} */
  const people = useLoaded(() => getAll("/users?is_active=true"), []);
  return h(
    Part,
    { title: t("groups.own_chats"), help: t("groups.own_chats_help") },
    h(
      Form,
      { form },
      h(Choice, {
        form,
        name: "staff_mode",
        label: t("channels.staff_mode"),
        options: [
          [null, t("channels.staff_mode_default")],
          ["group", t("channels.staff_mode_group")],
          ["personal", t("channels.staff_mode_personal")],
        ],
      }),
    ),
    showLoaded(people, (users) => {
      const unlinked = users.filter((each) => !each.telegram_linked);
      if (unlinked.length === 0) return h("p", { class: "quiet small" }, t("groups.all_linked"));
      return [
        h("p", { key: "help", class: "quiet small" }, t("groups.unlinked")),
        h(
          "ul",
          { key: "people", class: "chips" },
          unlinked.map((each) =>
            h(
              "li",
              { key: each.id },
              h("a", { class: "button is-chip", href: addressOf("people", each.id) }, each.name),
            ),
          ),
        ),
      ];
    }),
  );
}
