/** One canned reply, or a new one. */

import { h, useRef } from "../../vendor/preact.js";
import { getAll } from "../../server/all_pages.js";
import { get, patch, post, remove } from "../../server/http.js";
import { goTo } from "../../shell/route.js";
import { describe } from "../channels/kinds.js";
import { Action } from "../frame/action.js";
import { Choice, TextArea, TextField, toOptions } from "../frame/fields.js";
import { Form, useForm } from "../frame/form.js";
import { showLoaded, useLoaded } from "../frame/loading.js";
import { addressOf, Screen } from "../frame/screen.js";
import { LivePreview } from "../frame/live_preview.js";
import { REPLY_VARIABLES, Variables } from "../frame/variables.js";
import { t } from "../words.js";
import { ActionFields, isOfActions, readActions, toActions } from "./action_fields.js";

/** @import { Agent } from "../../../types.d.ts" */
/** @import { CannedReplyDetail, Channel } from "../types.d.ts" */

/** @typedef {{reply: CannedReplyDetail | null, channels: Channel[], agents: Agent[]}} Found */

/** @param {{id: string | null}} props null: a new one */
export function CannedPage({ id }) {
  const loaded = useLoaded(async () => {
    /** @type {Channel[]} */
    const channels = await getAll("/channels");
    /** @type {Found} */
    const found = {
      reply: id === null ? null : await get(`/canned-replies/${id}`),
      channels: channels.filter((each) => !each.is_staff_bot),
      agents: await getAll("/agents"),
    };
    return found;
  }, [id]);
  return h(
    Screen,
    {
      title: id === null ? t("canned.add") : (loaded.value?.reply?.title ?? t("canned.title_all")),
      back: addressOf("canned"),
    },
    showLoaded(loaded, (found) => h(CannedForm, found)),
  );
}

const leave = () => goTo({ page: "administration", path: ["canned"] });

/** @param {Found} props */
function CannedForm({ reply, channels, agents }) {
  const area = useRef(/** @type {HTMLElement | null} */ (null));
  const form = useForm({
    isNew: reply === null,
    initial: {
      shortcut: reply?.shortcut ?? "",
      title: reply?.title ?? "",
      text: reply?.text ?? "",
      ...readActions(reply?.actions ?? null, agents),
      language: reply?.language ?? null,
      channel_id: reply?.channel_id ?? null,
    },
    saved: leave,
    save: async (values, changes) => {
      const isActive = Object.keys(changes).some(isOfActions);
      const given = Object.entries(reply ? changes : values).filter(([name]) => !isOfActions(name));
      const body = {
        ...Object.fromEntries(given),
        ...(!reply || isActive ? { actions: toActions(values) } : {}),
      };
      if (reply) await patch(`/canned-replies/${reply.id}`, body);
      else await post("/canned-replies", body);
    },
  });
  return [
    h(
      Form,
      { key: "form", form, action: reply ? undefined : t("canned.add") },
      h(TextField, {
        form,
        name: "title",
        label: t("canned.name"),
        isRequired: true,
        maxLength: 120,
      }),
      h(TextField, {
        form,
        name: "shortcut",
        label: t("canned.shortcut"),
        help: t("canned.shortcut_help"),
        isRequired: true,
        maxLength: 32,
        placeholder: "hello",
      }),
      h(
        "div",
        { ref: area },
        h(TextArea, {
          form,
          name: "text",
          label: t("canned.text"),
          help: t("canned.text_help"),
          maxLength: 4000,
          rows: 6,
        }),
      ),
      h(Variables, { form, name: "text", variables: REPLY_VARIABLES, area }),
      h(LivePreview, {
        wording: form.values.text,
        load: (text) => post("/canned-replies/preview", { text }),
      }),
      h(ActionFields, { form, agents }),
      h(Choice, {
        form,
        name: "language",
        label: t("channels.language"),
        help: t("canned.language_help"),
        options: [
          [null, t("canned.every_language")],
          ["en", "English"],
          ["id", "Bahasa Indonesia"],
        ],
      }),
      channels.length > 1 &&
        h(Choice, {
          form,
          name: "channel_id",
          label: t("channels.channel"),
          options: [
            [null, t("canned.every_channel")],
            ...toOptions(channels, (each) => [each.id, `${each.name} (${describe(each)})`]),
          ],
        }),
    ),
    reply &&
      h(Action, {
        key: "delete",
        words: t("canned.delete"),
        question: {
          text: t("canned.delete_text", { title: reply.title }),
        },
        run: () => remove(`/canned-replies/${reply.id}`),
        notice: t("canned.deleted"),
        done: leave,
      }),
  ];
}
