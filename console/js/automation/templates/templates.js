/** Templates that Meta approves for a WhatsApp number: what there is, and why one cannot be sent. */

import { h, useState } from "../../vendor/preact.js";
import { get, post } from "../../server/http.js";
import { fullTime } from "../../text/time.js";
import { language } from "../../i18n/words.js";
import { isAble } from "../../server/abilities.js";
import { Action } from "../../administration/frame/action.js";
import { ItemRow, showList, useList } from "../../administration/frame/list.js";
import { showLoaded, useLoaded } from "../../administration/frame/loading.js";
import { addressOf, Part, Screen } from "../../administration/frame/screen.js";
import { t } from "../words.js";
import { useChannels } from "../../administration/frame/options.js";

/** @import { TemplateDetail } from "../../administration/types.d.ts" */

/** @param {{path: string[]}} props */
export function Templates({ path }) {
  const [id] = path;
  return id ? h(TemplateScreen, { key: id, id }) : h(TemplateList, null);
}

function TemplateList() {
  const channels = useChannels().filter(({ id }) => isAble(id, "has_templates"));
  const [chosen, setChosen] = useState("");
  const channel = chosen || channels[0]?.id;
  return h(
    Screen,
    { title: t("templates.title"), help: t("templates.help") },
    channels.length > 1 &&
      h(
        "select",
        {
          "aria-label": t("templates.channel"),
          value: channel,
          onChange: (event) => setChosen(event.currentTarget.value),
        },
        channels.map(({ id, name }) =>
          h("option", { key: id, value: id, selected: id === channel }, name),
        ),
      ),
    channel
      ? h(ChannelTemplates, { key: channel, channel })
      : h(
          "div",
          { class: "empty", role: "status" },
          h("p", { class: "empty-title" }, t("templates.no_channel")),
          h("p", { class: "quiet" }, t("templates.no_channel_next")),
        ),
  );
}

/** @param {{channel: string}} props */
function ChannelTemplates({ channel }) {
  /** @type {import("../../administration/frame/list.js").List<TemplateDetail>} */
  const list = useList(`/channels/${channel}/templates`);
  return [
    h(Action, {
      key: "sync",
      words: t("templates.sync"),
      help: t("templates.sync_help"),
      run: () => post(`/channels/${channel}/templates/sync`),
      notice: t("templates.synced"),
      done: list.reload,
    }),
    showList(list, {
      nothing: { title: t("template.none"), help: t("templates.none_next") },
      show: (template) =>
        h(ItemRow, {
          key: template.id,
          href: addressOf("templates", template.id),
          title: template.name,
          text: template.text.replaceAll(/\s+/g, " "),
          marks: [
            [template.language],
            [
              t(`template_status.${template.status}`),
              template.status === "APPROVED" ? "good" : "warning",
            ],
          ],
        }),
    }),
  ];
}

/** @param {{id: string}} props */
function TemplateScreen({ id }) {
  const loaded = useLoaded(
    () => /** @type {Promise<TemplateDetail>} */ (get(`/templates/${id}`)),
    [id],
  );
  return h(
    Screen,
    { title: loaded.value?.name ?? t("templates.title"), back: addressOf("templates") },
    showLoaded(loaded, (template) => [
      h(
        "p",
        { key: "state" },
        t(`template_status.${template.status}`),
        ` · ${template.category} · ${template.language} · `,
        t("templates.seen", { time: fullTime(template.synced_at, language.value) }),
      ),
      template.reason && h("p", { key: "reason", class: "form-error" }, template.reason),
      template.cannot_be_sent &&
        h("p", { key: "obstacle", class: "form-error" }, template.cannot_be_sent),
      h("p", { key: "text", class: "preview", dir: "auto" }, template.text),
      template.gaps.length > 0 &&
        h(
          Part,
          { key: "gaps", title: t("templates.variables"), help: t("templates.variables_help") },
          h(
            "ul",
            { class: "plain-list" },
            template.gaps.map(({ key, kind, example }) =>
              h(
                "li",
                { key },
                h("strong", null, key),
                `${t(`variable.${kind}`)}${example ? `: ${example}` : ""}`,
              ),
            ),
          ),
        ),
    ]),
  );
}
